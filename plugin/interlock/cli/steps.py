"""The progress of a build, read from its last line of output."""

from __future__ import annotations

import re

# ninja and Meson: [12/73]; CMake's makefiles: [ 16%].
_STEP = re.compile(r"\s*(\[\s*\d+/\d+\]|\[\s*\d{1,3}%\])")


def split_step(line: str) -> tuple[str, str]:
    """A line of build output as its step marker, empty if it begins with none, and the rest."""
    found = _STEP.match(line)
    return (found.group(1).replace(" ", ""), line[found.end() :].strip()) if found else ("", line.strip())
