"""Sums of the counts over the periods of an office."""
