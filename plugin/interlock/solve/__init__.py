"""The conda half of a lock: virtual packages, the request to the solver, and the PyPI names of what it answers."""
