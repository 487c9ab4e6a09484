"""Appeals as points."""
