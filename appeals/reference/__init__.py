"""What counts are read by: classes, their crosswalk, the days of the calendar."""
