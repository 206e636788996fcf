"""The commands and their options: one module for each group of commands in a user's day.

The table in :mod:`interlock.cli.parser` says which command is declared where.
"""
