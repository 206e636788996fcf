"""Findings about a project, its lock and its environments, by subject."""
