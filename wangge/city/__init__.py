"""The made-up city: files that a user would bring, and the truth about what was planted."""
