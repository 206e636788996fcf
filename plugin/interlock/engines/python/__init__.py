"""Pythons and what is installed for them: interpreters, site-packages, RECORD, and whose a module is."""
