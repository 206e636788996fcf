"""``cache show``: what a stored wheel was built from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from interlock.build.store import default_store
from interlock.cli.stored import as_dict, readable_size
from interlock_hooks.types import Finding, InterlockError

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Show every stored wheel of a package with all that identifies it."""
    wanted = canonicalize_name(args.name)
    entries = [stored for stored in default_store().entries() if stored.wheel is not None]
    found = [stored for stored in entries if stored.entry.name == wanted]
    if not found:
        names = ", ".join(sorted({stored.entry.name for stored in entries})) or "nothing"
        raise InterlockError(
            Finding(code="IL192", what=f"no wheel of {args.name} is stored", why=f"the store holds {names}")
        )
    output.document({"wheels": [as_dict(stored) for stored in found]})
    for stored in found:
        entry = stored.entry
        output.line(f"{entry.name} {entry.version}, {entry.mode}, {readable_size(entry.size)}, {entry.seconds:.1f} s")
        for label, items in (
            ("wheel", [str(stored.wheel)]),
            ("source", [entry.source]),
            ("against", [f"{name} {identity}" for name, identity in entry.imports]),
            ("toolchain", [f"{name} {what}" for name, what in entry.toolchain]),
            ("variables", [f"{name}={value}" for name, value in entry.variables]),
        ):
            for item in items:
                output.line(f"  {label:<10} {item}")
    return 0
