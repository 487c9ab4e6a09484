"""Layers shared with another city by a signed agreement: what, for whom, masked how."""
