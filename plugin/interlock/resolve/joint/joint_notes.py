"""Notes about the versions that conda changed so that the PyPI packages fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.resolve.findings import other_python, other_version, supplied_for_pypi
from interlock.resolve.joint.nogoods import PYTHON

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from interlock.resolve.joint.search import Joint
    from interlock_hooks.types import Finding


def version_notes(
    joint: Joint, before: Mapping[NormalizedName, str], after: Mapping[NormalizedName, str]
) -> list[Finding]:
    """A note for each name that conda supplies in another version (``after``) than it would have alone (``before``)."""
    reasons: dict[NormalizedName, list[str]] = {}
    for nogood in joint.nogoods:
        for name, versions in nogood.versions:
            if before.get(name) in versions and before.get(name) != after.get(name):
                reasons.setdefault(name, []).append(nogood.origin)
    changes = [_note(name, before[name], after.get(name), why) for name, why in sorted(reasons.items())]
    return [*changes, *(supplied_for_pypi(name, after[name]) for name in sorted(joint.also) if name in after)]


def _note(name: NormalizedName, before: str, after: str | None, reasons: list[str]) -> Finding:
    distinct = list(dict.fromkeys(reasons))
    if name == PYTHON and after:
        return other_python(before, after, distinct)
    return other_version(name, before, after, distinct)
