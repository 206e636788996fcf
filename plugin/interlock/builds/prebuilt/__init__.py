"""Wheels that others have built: which ones there are, what they are for, and which of them fits."""
