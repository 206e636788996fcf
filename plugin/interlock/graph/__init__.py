"""What a lock holds, as one graph over both ecosystems: why a package is there, who needs it, what changed."""
