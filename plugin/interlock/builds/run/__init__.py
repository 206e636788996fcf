"""Running one build: its environment, the PEP 517 front end, confinement, log and trace."""
