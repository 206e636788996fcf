"""What each wheel was built from, by what, and who says so."""
