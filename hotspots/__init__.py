"""Where it burns: takes the cube of counts, gives tables of hot spots."""
