"""Putting a locked environment into its prefix, so that a crash at any point can be repaired by the next run."""
