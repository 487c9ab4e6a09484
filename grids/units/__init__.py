"""What is stored of units: one row a unit and the time in which it held unchanged."""
