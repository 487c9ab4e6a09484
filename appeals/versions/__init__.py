"""Arrivals become versions: the list that is only ever added to."""
