"""Alerts as they compare between two databases."""
