"""Tasks: the open cases of an area, and what lies near a place."""
