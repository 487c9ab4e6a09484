"""Who may detect, and how far the watch has come."""
