"""The door: HTTP in, viewed records out."""
