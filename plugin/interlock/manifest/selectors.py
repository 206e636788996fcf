"""The selectors of ``target`` tables, which name a platform or several."""

from __future__ import annotations

import re

FAMILIES = ("unix", "linux", "osx", "macos", "win")
_UNIX = ("linux", "osx", "freebsd")


def matches(selector: str, name: str, subdir: str) -> bool:
    """Whether a selector matches a platform: its name, also with ``*``, its subdir, or the family of that."""
    family = subdir.partition("-")[0]
    if selector in FAMILIES:
        return selector == family or (selector == "unix" and family in _UNIX) or (selector, family) == ("macos", "osx")
    if "*" in selector:
        return re.fullmatch(".*".join(map(re.escape, selector.split("*"))), name) is not None
    return selector in (name, subdir, family)
