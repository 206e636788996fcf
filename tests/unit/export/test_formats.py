"""The table of formats."""

from __future__ import annotations

from importlib import import_module

from interlock.cli.parsers.sharing import EXPORT_FORMATS
from interlock.export.formats import FORMATS


def test_the_command_line_offers_exactly_these() -> None:
    assert list(FORMATS) == list(EXPORT_FORMATS)


def test_every_format_has_a_writer() -> None:
    for chosen in FORMATS.values():
        assert callable(import_module(f"interlock.export.{chosen.module}").export)
