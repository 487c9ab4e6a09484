"""Remedies (整改): what was done where and since when."""
