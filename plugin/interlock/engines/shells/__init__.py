"""The shells of users: scripts that activate an environment in them, and new shells in which one is active."""
