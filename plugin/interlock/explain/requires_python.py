"""The Python versions that PyPI packages require (``Requires-Python``), read from the messages of the engines.

The messages are not an API. What is not recognised is missing from a derivation, and nothing else depends on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from packaging.specifiers import SpecifierSet

_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*"
_REQUIRES = re.compile(
    rf"(?:all versions of (?P<every>{_NAME})|(?P<name>{_NAME})(?P<range>[=<>!~]\S*))"
    r" requires? Python (?P<python>[=<>!~]\S*)"
)


@dataclass(frozen=True, slots=True)
class PythonRequirements:
    """The python requirement of packages, by name, each for a range of versions."""

    pythons: Mapping[str, tuple[tuple[SpecifierSet, str], ...]]

    def python(self, name: str, version: str) -> str | None:
        """The specifier for python that a package has, if that was said."""
        try:
            return next((python for fits, python in self.pythons.get(name, ()) if fits.contains(version)), None)
        except ValueError:
            return None


NONE_KNOWN = PythonRequirements({})


def read_python_requirements(said: str) -> PythonRequirements:
    """What is recognised in an explanation of uv's."""
    found: dict[str, tuple[tuple[SpecifierSet, str], ...]] = {}
    for name, fits, python in _requirements(" ".join(said.split())):
        found[name] = (*found.get(name, ()), (fits, python))
    return PythonRequirements(found)


def _requirements(said: str) -> Iterator[tuple[str, SpecifierSet, str]]:
    for match in _REQUIRES.finditer(said):
        python = match["python"].rstrip(".,")
        try:
            SpecifierSet(python)
            fits = SpecifierSet(match["range"] or "", prereleases=True)
        except ValueError:
            continue
        yield match["every"] or match["name"], fits, python
