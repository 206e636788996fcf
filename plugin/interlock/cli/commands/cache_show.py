"""``cache show``: what a stored wheel was built from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.json.cache import show_document
from interlock.cli.readable import readable_size
from interlock.core.counting import counted
from interlock.project.caching import find_wheels

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from interlock.builds.store.store import Stored
    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Show every stored wheel of a package, or those whose key or hash begins as given, with all that matters to it."""
    found = find_wheels(args.name)
    output.document(show_document(found))
    for stored in found:
        entry = stored.entry
        output.line(f"{entry.name} {entry.version}, {entry.mode}, {readable_size(entry.size)}, {entry.seconds:.1f} s")
        for label, text in _lines(stored):
            output.line(f"  {label:<10} {text}")
    return 0


def _lines(stored: Stored) -> Iterator[tuple[str, str]]:
    entry = stored.entry
    yield "key", stored.key
    yield "wheel", str(stored.wheel)
    yield "source", entry.source
    for name, identity in entry.imports:
        yield "against", f"{name} {identity}"
    for name, identity in entry.libraries:
        yield "linked", f"{name} {identity}"
    if entry.missing:
        yield "without", ", ".join(entry.missing)
    for address in entry.downloads:
        yield "asked", address
    for program, path in entry.toolchain:
        yield "toolchain", f"{program} {path}"
    for name, value in entry.variables:
        yield "variable", f"{name}={value}"
    if entry.prefix:
        yield "only for", entry.prefix
    if entry.log:
        yield "log", entry.log
    if built := entry.built:
        if built.log:
            yield "log sha256", built.log
        by = ", ".join(f"{name} {version}" for name, version in built.builder.items())
        yield "built", f"{built.finished} by {by} of {counted(built.dependencies, 'file')}"
        yield "signed by", ", ".join(entry.signed_by) or "nobody"
