"""Abstract evaluation of a setup.py: its syntax tree is followed, nothing in it is run."""
