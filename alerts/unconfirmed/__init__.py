"""What was told of an open day and its close did not find again."""
