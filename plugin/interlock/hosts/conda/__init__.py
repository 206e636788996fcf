"""Interlock as a plugin of conda; what is in here is imported by conda, and by nobody else."""
