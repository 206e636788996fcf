"""Installed distributions turned back into wheels, so that an offline index can offer the real build tools."""

from __future__ import annotations

from importlib.metadata import PackagePath, distribution
from pathlib import Path

from interlock_hooks.testing.files import Content
from interlock_hooks.testing.wheels import escaped, write_wheel_files

# Written by whoever installed the distribution; a wheel does not carry them.
_INSTALLATION_RECORDS = frozenset({"INSTALLER", "RECORD", "REQUESTED", "direct_url.json"})


def repack_installed(name: str, folder: Path) -> Path:
    """Make a wheel of the distribution ``name`` as it is installed beside the tests; return its path.

    Raises :class:`importlib.metadata.PackageNotFoundError` when it is not installed.
    """
    stem = f"{escaped(name)}-{distribution(name).version}"
    return write_wheel_files(folder / f"{stem}-py3-none-any.whl", installed_files(name), f"{stem}.dist-info")


def installed_files(name: str, below: str = "") -> dict[str, Content]:
    """The files of the distribution ``name``, as a wheel has them, by their paths in the folder ``below``."""
    files = filter(_belongs_in_wheel, distribution(name).files or ())
    return {f"{below}{file.as_posix()}": Path(str(file.locate())).read_bytes() for file in files}


def _belongs_in_wheel(file: PackagePath) -> bool:
    # Scripts lie outside of site-packages; the installer makes them again from the entry points.
    outside = ".." in file.parts or file.is_absolute()
    return not outside and "__pycache__" not in file.parts and file.name not in _INSTALLATION_RECORDS
