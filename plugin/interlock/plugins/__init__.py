"""The plugin manager, its guard, and which plugins are built in."""
