"""Early warning: takes counts and appeals by the hour, gives signals and alerts."""
