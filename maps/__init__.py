"""The picture: takes results, gives layers, pages and files."""
