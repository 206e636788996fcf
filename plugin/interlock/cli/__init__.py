"""The command line: argument parsing, rendering, and nothing that decides."""
