"""The metadata of a source tree, as far as it can be proved without running anything."""
