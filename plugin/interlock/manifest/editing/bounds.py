"""The ranges that are written for versions which a solve has chosen."""

from __future__ import annotations

import re

from packaging.version import InvalidVersion, Version

# pixi keeps the minor version of interpreters: what is compiled for one does not fit the next.
_MINOR = frozenset({"python"})
_RELEASE = re.compile(r"(?P<epoch>\d+!)?(?P<release>\d+(?:\.\d+)*)")


def conda_bound(name: str, lowest: str, highest: str) -> str:
    """From the lowest version that was chosen to the next major one, or minor one below 1.0, as pixi writes it.

    Only a lower bound for versions that do not begin with a number.
    """
    found = _RELEASE.match(highest)
    if found is None:
        return f">={lowest}"
    numbers = [int(part) for part in found["release"].split(".")]
    first = next((index for index, number in enumerate(numbers) if number), len(numbers) - 1)
    if name in _MINOR and len(numbers) > 1:
        first = max(first, 1)
    upper = ".".join(map(str, [*numbers[:first], numbers[first] + 1]))
    return f">={lowest},<{found['epoch'] or ''}{upper}"


def pypi_bound(lowest: str) -> str:
    """From the lowest version that was chosen on, as uv writes it; a local version has no order for others."""
    try:
        return f">={Version(lowest).public}"
    except InvalidVersion:
        return ""
