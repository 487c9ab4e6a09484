"""The appeals behind one alert, as each viewer may see them."""
