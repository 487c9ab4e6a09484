"""The audit log: what people did, in a chain that shows where it was changed."""
