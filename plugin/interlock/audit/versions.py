"""Symbol versions that stand for releases of a library: ``GLIBC_2.34``, ``GLIBCXX_3.4.32``, ``CXXABI_1.3.15``."""

from __future__ import annotations

import re
from collections.abc import Iterable

_VERSION = re.compile(r"(?P<family>[A-Za-z_]+?)_(?P<number>\d+(?:\.\d+)*)")
# The one version of glibc whose name is not a number (https://sourceware.org/glibc, 2.36).
_RELR, _RELR_RELEASE = "GLIBC_ABI_DT_RELR", (2, 36)

Release = tuple[int, ...]


def release(text: str) -> Release:
    """``2.34`` as numbers that can be compared."""
    return tuple(int(part) for part in text.split("."))


def release_of(version: str, family: str) -> Release | None:
    """The release that a symbol version stands for, ``None`` for versions of other families and private ones."""
    if family == "GLIBC" and version == _RELR:
        return _RELR_RELEASE
    found = _VERSION.fullmatch(version)
    return release(found["number"]) if found and found["family"] == family else None


def newest(versions: Iterable[str], family: str) -> Release | None:
    """The newest release among symbol versions of a family."""
    return max((number for version in versions if (number := release_of(version, family))), default=None)


def family_of(version: str) -> str:
    """``GLIBCXX`` of ``GLIBCXX_3.4.32``."""
    found = _VERSION.fullmatch(version)
    return found["family"] if found else version


def text_of(number: Release) -> str:
    """A release as it is written: ``2.34``."""
    return ".".join(map(str, number))
