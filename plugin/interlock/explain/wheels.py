"""The targets of a wheel, read from its file name (PEP 425, PEP 600)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from packaging.utils import InvalidWheelFilename, parse_wheel_filename

_CPYTHON = re.compile(r"cp(\d)(\d+)")
_SYSTEMS = {
    "__glibc": re.compile(r"manylinux_(\d+)_(\d+)_"),
    "__osx": re.compile(r"macosx_(\d+)_(\d+)_"),
}


def wheel_limits(filename: str) -> Iterator[tuple[str, str, str]]:
    """The python and the property of the target that a wheel needs: name, version specifier, and that in words.

    Nothing for what is not a wheel, and for wheels that fit everywhere.
    """
    try:
        tags = parse_wheel_filename(filename)[3]
    except InvalidWheelFilename:
        return
    pythons = [found for tag in tags if (found := _CPYTHON.fullmatch(tag.interpreter))]
    if pythons and len(pythons) == len(tags):
        version = _least(pythons)
        stable = all(tag.abi == "abi3" for tag in tags)
        clause = f">={version}" if stable else f"=={version}.*"
        yield "python", clause, f"is a wheel for python {version}{' and later' if stable else ''}"
    for name, pattern in _SYSTEMS.items():
        platforms = [found for tag in tags if (found := pattern.match(tag.platform))]
        # A wheel with an older tag beside it (manylinux2014) needs no more than that one.
        if platforms and len(platforms) == len(tags):
            version = _least(platforms)
            yield name, f" >={version}", f"is a wheel for {name.strip('_')} {version} and later"


def _least(found: Sequence[re.Match[str]]) -> str:
    return "{}.{}".format(*min((int(match[1]), int(match[2])) for match in found))
