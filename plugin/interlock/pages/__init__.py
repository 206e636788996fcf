"""Results as web pages: each one is a single file that needs no server, no network and, for reading, no script."""
