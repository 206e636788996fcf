"""The pipeline: the only package that calls the hooks, in the order in which the data flows.

:mod:`~interlock.pipeline.locking` and :mod:`~interlock.pipeline.installing` are the two ways through it; a command
imports the one that it needs.
"""
