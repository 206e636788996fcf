"""One module for each command, named GROUP_COMMAND, each with one function ``run``."""
