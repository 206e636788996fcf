"""Stands in for a framework that is developed together with the project."""

from pathlib import Path

__version__ = Path(__file__).with_name("version").read_text().strip()
