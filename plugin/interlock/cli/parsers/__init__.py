"""The commands and their options: one module for each group of commands in a user's day."""
