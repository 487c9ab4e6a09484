"""Open311 GeoReport v2: services, requests, tokens, by the words of the standard."""
