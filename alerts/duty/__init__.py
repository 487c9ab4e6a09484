"""值班: posts, who holds them when, and the log that writes itself."""
