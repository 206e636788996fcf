"""What conda gave up so that the PyPI packages fit, as notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.resolve.joint.nogoods import PYTHON
from interlock_hooks.types import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from interlock.resolve.joint.search import Joint


def compromises(
    joint: Joint, before: Mapping[NormalizedName, str], after: Mapping[NormalizedName, str]
) -> list[Finding]:
    """A note for each name that conda supplies in another version (``after``) than it would have alone (``before``)."""
    reasons: dict[NormalizedName, list[str]] = {}
    for nogood in joint.nogoods:
        for name, versions in nogood.versions:
            if before.get(name) in versions and before.get(name) != after.get(name):
                reasons.setdefault(name, []).append(nogood.origin)
    changes = [_note(name, before[name], after.get(name), why) for name, why in sorted(reasons.items())]
    return [*changes, *(_addition(name, after[name]) for name in sorted(joint.also) if name in after)]


def _note(name: NormalizedName, before: str, after: str | None, reasons: list[str]) -> Finding:
    python = name == PYTHON
    subject = "the interpreter is Python" if python else f"conda supplies {name}"
    what = f"{subject} {after}, not {before}" if after else f"PyPI supplies {name}, not conda"
    place = "requires-python or the conda dependencies" if python else "the conda dependencies"
    return Finding(
        code="IL333" if python else "IL332",
        what=what,
        why="; ".join(dict.fromkeys(reasons)),
        fix=f"to keep it this way whatever is released, say so in {place}",
        severity=Severity.NOTE,
    )


def _addition(name: NormalizedName, version: str) -> Finding:
    return Finding(
        code="IL334",
        what=f"conda supplies {name} {version}, for which nobody asked it",
        why="PyPI packages require it, and no package index has a version that fits",
        fix="list it in the conda dependencies to make that explicit",
        severity=Severity.NOTE,
    )
