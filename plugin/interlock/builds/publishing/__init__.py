"""Built wheels for others: named by what they were built against, in an index of static files."""
