"""What became of appeals, counted: dispatched or answered at once, and what callers said."""
