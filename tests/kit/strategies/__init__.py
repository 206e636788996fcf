"""Hypothesis strategies: valid values of the contract, and what users, channels, indexes and builds really hand over.

``contract`` makes the data types that cross the hooks. ``words`` makes the small texts that stand in all kinds of
documents, odd but legal ones and wrong ones. ``damage`` changes valid documents. The others make documents of one kind,
each from a valid one.
"""
