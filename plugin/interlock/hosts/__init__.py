"""Programs that Interlock is at home in, as far as they ask more of it than to be called by another name."""
