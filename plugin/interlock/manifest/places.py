"""The places of settings that the model keeps only as text or as a single value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from interlock.core.pep508 import required_name

if TYPE_CHECKING:
    from interlock.manifest.document import Document
    from interlock.manifest.positions import Key
    from interlock_hooks.types.findings import Location

_ARRAYS = {
    "constraint-dependencies": "constraint",
    "override-dependencies": "override",
    "exclude-dependencies": "override",
}
_SETTINGS = (
    *("channel-priority", "exclude-newer", "pypi-exclude-newer"),
    *("no-build", "no-build-package", "no-binary", "no-binary-package", "from-pypi", "only-from-pypi"),
)


def places(document: Document) -> dict[str, Location]:
    """The first place of each setting and of each package's constraint or override, labelled ``constraint numpy``."""
    found: dict[str, Location] = {}
    for path in document.lines:
        for label in _labels(path, document.data):
            found.setdefault(label, document.where(path))
    return found


def _labels(path: Key, data: Any) -> Iterator[str]:
    *above, last = path
    table = above[-1] if above else None
    if table in _ARRAYS and isinstance(last, int):
        for key in path:
            data = data[key]
        if name := required_name(str(data)):
            yield f"{_ARRAYS[str(table)]} {name}"
    elif table == "dependency-overrides" and isinstance(last, str):
        yield f"override {canonicalize_name(last)}"
    elif last in _SETTINGS and isinstance(table, str) and not _is_table(path, data):
        # Not those of an index, which is an element of an array.
        yield str(last)


def _is_table(path: Key, data: Any) -> bool:
    """Whether a setting is one of those tables that have the limits of single packages."""
    for key in path:
        data = data[key]
    return isinstance(data, dict) and "cutoff" not in data
