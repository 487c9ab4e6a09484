"""The appeals behind alerts."""
