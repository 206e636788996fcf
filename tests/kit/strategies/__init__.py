"""Hypothesis strategies, by what they make.

``contract`` makes the data types that cross the hooks.
"""
