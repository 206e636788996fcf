"""Findings of the audit, by subject."""
