"""The selectors of ``target`` tables, which name a platform or several."""

from __future__ import annotations

FAMILIES = ("unix", "linux", "osx", "win")
_UNIX = ("linux", "osx", "freebsd")


def matches(selector: str, name: str, subdir: str) -> bool:
    """Whether a selector matches a platform: its name, its subdir, or the family of that."""
    family = subdir.partition("-")[0]
    return selector in (name, subdir, family) or (selector == "unix" and family in _UNIX)
