"""What commands do with one project."""
