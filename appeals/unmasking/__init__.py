"""Requests to open personal fields: who asked, why, and who agreed."""
