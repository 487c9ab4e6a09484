"""Counts as they were published for planning: fixed once a month is over."""
