"""The Python distributions among the files of a package, told by the names of their metadata directories."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from packaging.utils import InvalidName, NormalizedName, canonicalize_name
from packaging.version import Version

# Directly in site-packages: what a package vendors below itself is not a distribution of the environment.
_METADATA = re.compile(
    r"(?:^|.*/)site-packages/(?P<stem>[^/]+)\.(?:dist-info/METADATA|egg-info/PKG-INFO|egg-info)", re.IGNORECASE
)
# Beside an older PKG-INFO, which has no requirements.
_REQUIRES = "requires.txt"
_EGG_PYTHON = re.compile(r"-py\d+\.\d+$")
# Most files end otherwise, which is quicker to see.
_ENDS = ("metadata", "pkg-info", ".egg-info")
Held = dict[NormalizedName, str]


def distributions_in_files(paths: Iterable[str]) -> Held:
    """The distributions whose metadata is among the files of a package, each with its version, by name."""
    found = (_distribution(path) for path in paths)
    return dict(sorted(pair for pair in found if pair is not None))


def metadata_files(name: NormalizedName, paths: Iterable[str]) -> list[str]:
    """Those of a package's files that say what a distribution requires; none if it has no metadata."""
    every = list(paths)
    for path in every:
        found = _distribution(path)
        if found is not None and found[0] == name:
            beside = f"{path.rpartition('/')[0]}/{_REQUIRES}"
            return [path, beside] if beside in every and not path.endswith("METADATA") else [path]
    return []


@cache
def version_of(text: str) -> str | None:
    """A version of conda's, or of a file name, as PyPI writes it; ``None`` if it means nothing there."""
    try:
        return str(Version(text.replace("_", "-")))
    except ValueError:
        return None


def _distribution(path: str) -> tuple[NormalizedName, str] | None:
    if not path.lower().endswith(_ENDS):
        return None
    match = _METADATA.fullmatch(path.replace("\\", "/"))
    return _name_and_version(match["stem"]) if match else None


def _name_and_version(stem: str) -> tuple[NormalizedName, str] | None:
    name, _, text = _EGG_PYTHON.sub("", stem).partition("-")
    version = version_of(text)
    try:
        return None if version is None else (canonicalize_name(name, validate=True), version)
    except InvalidName:
        return None
