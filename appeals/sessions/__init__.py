"""Sessions of people who have signed in, and the pauses of those who failed to."""
