"""Rooms: which duties are let in to an alert, and so who of the liaisons sees it."""
