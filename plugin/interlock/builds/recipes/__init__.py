"""Conda packages that are built on this machine from a source with a recipe, by rattler-build."""
