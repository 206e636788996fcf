"""What each command does, most of them with one project."""
