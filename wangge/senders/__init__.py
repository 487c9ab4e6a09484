"""One small module for each way of saying something to a person or a system."""
