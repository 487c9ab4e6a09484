"""What the last replay of stored appeals found, kept to be looked at."""
