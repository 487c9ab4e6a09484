"""Places that a person set: how one is set, what of it outlives an update, and the trail of all."""
