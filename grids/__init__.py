"""Whose: takes located appeals, gives their units and cells, and the counts by them."""
