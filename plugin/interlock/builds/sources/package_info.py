"""What a source distribution says of itself (``PKG-INFO``), with or without a promise that its wheels say the same."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from interlock.core.pep508 import mended_requirement, mended_specifiers
from interlock.core.shapes import texts_in
from interlock.core.toml import read_tables
from interlock.engines.python.wheels import parse_metadata
from interlock_hooks.types import Metadata, PyPIPackage

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.metadata import RawMetadata

# Since this version of core metadata, a field that is not listed as dynamic is the same in every wheel (PEP 643).
_PROMISING = (2, 2)
_FIELDS = frozenset({"requires-dist", "requires-python", "provides-extra"})
_KEYS = frozenset({"dependencies", "optional-dependencies", "requires-python"})


def states_requirements(tree: Path) -> bool:
    """Whether a source tree promises what it requires, in ``PKG-INFO`` (PEP 643) or ``[project]`` (PEP 621)."""
    info = _package_info(tree)
    if _version_of(info) >= _PROMISING and _FIELDS.isdisjoint(each.lower() for each in info.get("dynamic", ())):
        return True
    project = read_tables(tree / "pyproject.toml").get("project")
    return isinstance(project, dict) and _KEYS.isdisjoint(texts_in(project.get("dynamic")))


def unpromised_metadata(tree: Path, package: PyPIPackage) -> Metadata | None:
    """What an sdist in ``tree`` says of ``package`` without a promise, as it was when the sdist was made.

    Older releases of setuptools wrote the requirements into ``requires.txt`` of the ``.egg-info`` directory only, and
    not into ``PKG-INFO``. ``None`` if there is neither of them, or it is about another version.
    """
    info = _package_info(tree)
    if not _is_about(info, package):
        return None
    requires = info.get("requires_dist") or _egg_requires(tree)
    return Metadata(
        name=package.name,
        version=package.known_version or str(Version(info["version"])),
        requires_dist=tuple(map(mended_requirement, requires)),
        requires_python=mended_specifiers(info.get("requires_python", "")) or None,
        provides_extra=tuple(info.get("provides_extra", ())),
        origin="pkg-info",
        place="PKG-INFO",
    )


def _package_info(tree: Path) -> RawMetadata:
    try:
        return parse_metadata((tree / "PKG-INFO").read_bytes())
    except (OSError, ValueError):
        return {}


def _version_of(info: RawMetadata) -> tuple[int, ...]:
    try:
        return Version(info.get("metadata_version", "0")).release
    except InvalidVersion:
        return (0,)


def _is_about(info: RawMetadata, package: PyPIPackage) -> bool:
    try:
        name, version = canonicalize_name(info["name"]), Version(info["version"])
    except (KeyError, InvalidVersion):
        return False
    known = package.known_version
    return name == package.name and (known is None or version == Version(known))


def _egg_requires(tree: Path) -> list[str]:
    """The requirements in ``requires.txt``, with their markers, those of extras among them."""
    # Imported here, with all of email: metadata of today stands in other files.
    from importlib.metadata import Distribution

    for folder in sorted([*tree.glob("*.egg-info"), *tree.glob("*/*.egg-info")]):
        if (folder / "requires.txt").is_file():
            with suppress(OSError, ValueError):
                return Distribution.at(folder).requires or []
    return []
