"""``cache show``: what a stored wheel was built from."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from interlock.builds.store.store import default_store
from interlock.cli.stored import as_dict, readable_size
from interlock_hooks.types import Finding, InterlockError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from interlock.builds.store.store import Stored
    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Show every stored wheel of a package, or those whose key or hash begins as given, with all that matters to it."""
    entries = [stored for stored in default_store().entries() if stored.wheel is not None]
    wanted = canonicalize_name(args.name)
    found = [stored for stored in entries if stored.entry.name == wanted]
    found = found or [stored for stored in entries if _begins(stored, args.name.lower())]
    if not found:
        raise InterlockError(_unknown(args.name, sorted({stored.entry.name for stored in entries})))
    output.document({"wheels": [as_dict(stored) for stored in found]})
    for stored in found:
        entry = stored.entry
        output.line(f"{entry.name} {entry.version}, {entry.mode}, {readable_size(entry.size)}, {entry.seconds:.1f} s")
        for label, text in _lines(stored):
            output.line(f"  {label:<10} {text}")
    return 0


def _begins(stored: Stored, text: str) -> bool:
    return bool(text) and (stored.key.startswith(text) or (stored.entry.sha256 or "").startswith(text))


def _lines(stored: Stored) -> Iterator[tuple[str, str]]:
    entry = stored.entry
    yield "key", stored.key
    yield "wheel", str(stored.wheel)
    yield "source", entry.source
    for name, identity in entry.imports:
        yield "against", f"{name} {identity}"
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


def _unknown(name: str, stored: Sequence[str]) -> Finding:
    near = get_close_matches(name, stored, 1)
    return Finding(
        code="IL192",
        what=f"no wheel of {name!r} is stored",
        why=f"the store holds wheels of {', '.join(stored)}" if stored else "the store is empty",
        fix=f"did you mean {near[0]!r}?" if near else "`interlock cache list` shows what there is",
    )
