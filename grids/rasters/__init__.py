"""Rasters over borders: takes the polygons of a layer, gives the unit of most points at once."""
