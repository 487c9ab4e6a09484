"""Where: takes an address or coordinates, gives a WGS84 point with its level and radius."""
