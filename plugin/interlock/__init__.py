"""Interlock: environments of conda packages, PyPI packages and source builds that match both."""

__version__ = "0.1.0"
