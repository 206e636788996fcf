"""uv as the resolver: what it is given, and how its answer, its log and its failures are read."""
