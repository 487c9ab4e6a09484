"""Letters that wait or were given up, for whoever looks after the channels."""
