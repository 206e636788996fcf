"""The lock: what was solved, resolved and planned, in one file that installs without solving again."""
