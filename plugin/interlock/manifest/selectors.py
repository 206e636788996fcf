"""The selectors of ``target`` tables, which name a platform or several."""

from __future__ import annotations

FAMILIES = ("unix", "linux", "osx", "win")
_UNIX = ("linux", "osx", "freebsd")


def selector_rank(selector: str, name: str, subdir: str) -> int | None:
    """How specific a selector is for a platform, ``None`` if it does not match; higher is more specific."""
    family = subdir.partition("-")[0]
    if selector == name:
        return 3
    if selector == subdir:
        return 2
    if selector == family:
        return 1
    return 0 if selector == "unix" and family in _UNIX else None
