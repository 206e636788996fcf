"""What a platform of the manifest can be called, and which virtual packages it can promise together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from interlock.manifest import codes
from interlock.manifest.selectors import FAMILIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interlock.manifest.table import Table
    from interlock_hooks.types.environment import SystemRequirement

_NAME = re.compile(r"[A-Za-z](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?")
_RESERVED = (*FAMILIES, "macos")


def check_platform(entry: Table, promised: Sequence[SystemRequirement]) -> None:
    """Report what a table of ``platforms`` contradicts itself in; ``promised`` are its virtual packages."""
    name, subdir = entry.data.get("name"), entry.data.get("platform")
    if isinstance(name, str):
        _check_name(entry, name)
        if promised and name == (subdir or name):
            fix = "give it a name of its own, or remove the virtual packages"
            what = f"the platform {name!r} promises virtual packages, and has the name of a subdir"
            entry.error(codes.CONFLICT, what, "name", fix=fix)
    check_packages(entry, promised)


def _check_name(entry: Table, name: str) -> None:
    if name in _RESERVED:
        what = f"no platform can be called {name!r}, which is a family of platforms in 'target'"
        entry.error(codes.WRONG_VALUE, what, "name", fix=f"call it my-{name}")
    elif not _NAME.fullmatch(name):
        fix = "use up to 64 letters, digits and hyphens, beginning with a letter"
        entry.error(codes.WRONG_VALUE, f"{name!r} cannot be the name of a platform", "name", fix=fix)


def check_packages(table: Table, promised: Sequence[SystemRequirement]) -> None:
    """Report a virtual package that is promised twice, and the architecture of a GPU without its driver."""
    names = [each.name for each in promised]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        table.error(codes.CONFLICT, f"{twice!r} is promised twice, under two keys", fix="keep one of them")
    if "__cuda_arch" in names and "__cuda" not in names:
        fix = 'write cuda = { driver = "12.4", arch = "8.6" }'
        what = "the architecture of a GPU is promised without a version of CUDA that its driver supports"
        table.error(codes.MISSING_KEY, what, "cuda" if "cuda" in table else "__cuda_arch", fix=fix)
