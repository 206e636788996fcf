"""The joint solve: one search over both ecosystems."""
