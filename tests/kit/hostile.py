"""Archives that attack whoever unpacks or installs them."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from interlock.core.files import sha256_of
from interlock_hooks.types import CondaRecord


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a tar archive; ``link`` is the target of a symbolic or hard link."""

    name: str
    content: bytes = b"evil\n"
    kind: bytes = tarfile.REGTYPE
    link: str = ""
    mode: int = 0o644


def write_tar(path: Path, members: Iterable[Member], packing: str) -> Path:
    """Write an archive with exactly these members, packed with ``gz`` or ``bz2``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, f"w:{packing}") as archive:  # type: ignore[call-overload]  # the mode is made of two parts
        for member in members:
            info = tarfile.TarInfo(member.name)
            info.type, info.linkname, info.mode = member.kind, member.link, member.mode
            info.size = len(member.content) if member.kind == tarfile.REGTYPE else 0
            archive.addfile(info, io.BytesIO(member.content))
    return path


def conda_package(
    channel: Path,
    members: Sequence[Member],
    paths: Iterable[str | tuple[str, str]],
    *,
    name: str = "evil",
    said: Mapping[str, object] | None = None,
    noarch: str | None = None,
    link: Mapping[str, object] | None = None,
    build: str = "0",
) -> CondaRecord:
    """Put a package with these members into a channel, and return the record by which it is installed.

    ``paths`` is what its list of files says, each a path or a path and its type. ``said`` replaces what its own
    metadata says, ``link`` is its ``info/link.json``.
    """
    subdir = "noarch" if noarch else "linux-64"
    index = {"name": name, "version": "1.0", "build": build, "build_number": 0, "subdir": subdir, "depends": []}
    index |= {"noarch": noarch} if noarch else {}
    listed = [(path, "hardlink") if isinstance(path, str) else path for path in paths]
    entries = [{"_path": path, "path_type": kind} for path, kind in listed]
    info = [
        Member("info/index.json", json.dumps({**index, **(said or {})}).encode()),
        Member("info/paths.json", json.dumps({"paths_version": 1, "paths": entries}).encode()),
        Member("info/files", "".join(f"{path}\n" for path, _ in listed).encode()),
    ]
    info += [Member("info/link.json", json.dumps(link).encode())] if link else []
    file = write_tar(channel / subdir / f"{name}-1.0-{build}.tar.bz2", [*info, *members], "bz2")
    return CondaRecord(
        name=name,
        version="1.0",
        build=build,
        build_number=0,
        subdir=subdir,
        url=file.as_uri(),
        file_name=file.name,
        channel=channel.as_uri(),
        sha256=sha256_of(file),
        noarch=noarch,
    )


def contents_of(folder: Path) -> dict[str, object]:
    """Everything below a folder, by relative path: the bytes of files, the targets of links, the modes of the rest."""
    found: dict[str, object] = {}
    for path in folder.rglob("*"):
        place = str(path.relative_to(folder))
        if path.is_symlink():
            found[place] = path.readlink()
        else:
            found[place] = path.read_bytes() if path.is_file() else path.stat().st_mode
    return found
