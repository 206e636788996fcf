"""What is in a wheel file, and where an installer puts it (binary distribution format, PEP 427)."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal

from interlock.core.archives import open_zip
from interlock.engines.python.distributions import parse_commands, parse_record

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Sequence

    from packaging.metadata import RawMetadata

Scheme = Literal["site", "prefix"]
# The directories of .data whose files are taken as they are; scripts are rewritten, headers go to various places.
_SCHEMES: dict[str, Scheme] = {"purelib": "site", "platlib": "site", "data": "prefix"}


def wheel_metadata(wheel: Path) -> RawMetadata:
    """The core metadata in a wheel.

    Raises :class:`ValueError` when there is not one METADATA in it, :class:`zipfile.BadZipFile` and :class:`OSError`.
    """
    with open_zip(wheel) as archive:
        texts = metadata_files(archive)
    return the_metadata(texts, wheel.name)


def variant_metadata(wheel: Path) -> bytes:
    """The ``variant.json`` in a wheel (PEP 825).

    Raises :class:`ValueError` when there is not one of them, :class:`zipfile.BadZipFile` and :class:`OSError`.
    """
    with open_zip(wheel) as archive:
        found = [archive.read(name) for name in _in_info(archive, "variant.json")]
    if len(found) != 1:
        raise ValueError(f"{wheel.name} has {len(found)} variant.json files")
    return found[0]


def metadata_files(archive: zipfile.ZipFile) -> list[bytes]:
    """What an open wheel has as METADATA: one file, if it is right."""
    return [archive.read(name) for name in _in_info(archive, "METADATA")]


def the_metadata(texts: Sequence[bytes], wheel: str) -> RawMetadata:
    """The core metadata in the METADATA files of a wheel. Raises :class:`ValueError` when there is not one of them."""
    if len(texts) != 1:
        raise ValueError(f"{wheel} has {len(texts)} METADATA files")
    return parse_metadata(texts[0])


def parse_metadata(data: bytes) -> RawMetadata:
    """The fields of a METADATA file."""
    # Imported here: it brings the standard library's parsers of mail, which an install can do without.
    from packaging.metadata import parse_email

    return parse_email(data)[0]


def wheel_record(wheel: Path) -> dict[str, str | None]:
    """The paths in a wheel's RECORD, each with its hash (``sha256=…``) or ``None``; empty if it has no RECORD.

    Raises :class:`zipfile.BadZipFile` and :class:`OSError`.
    """
    with open_zip(wheel) as archive:
        names = _in_info(archive, "RECORD")
        return parse_record(archive.read(names[0]).decode(errors="replace")) if names else {}


def wheel_commands(wheel: Path) -> dict[str, str]:
    """The commands that are made of a wheel's entry points, as :func:`parse_commands` gives them.

    Raises :class:`zipfile.BadZipFile` and :class:`OSError`.
    """
    with open_zip(wheel) as archive:
        names = _in_info(archive, "entry_points.txt")
        return parse_commands(archive.read(names[0]).decode(errors="replace")) if names else {}


def destination(member: str) -> tuple[Scheme, PurePosixPath] | None:
    """Where a file of a wheel goes: below site-packages or below the prefix, and the path there.

    ``None`` for scripts and headers, and for paths that lead elsewhere.
    """
    path = PurePosixPath(member)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        return None
    if not path.parts[0].endswith(".data"):
        return "site", path
    scheme = _SCHEMES.get(path.parts[1]) if len(path.parts) > 2 else None
    return None if scheme is None else (scheme, PurePosixPath(*path.parts[2:]))


def _in_info(archive: zipfile.ZipFile, file: str) -> list[str]:
    return [name for name in archive.namelist() if name.endswith(f".dist-info/{file}") and name.count("/") == 1]
