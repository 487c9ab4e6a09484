"""Tokens by which machines come in."""
