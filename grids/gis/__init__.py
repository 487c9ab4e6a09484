"""Borders and published counts as views for a GIS program that opens the database itself."""
