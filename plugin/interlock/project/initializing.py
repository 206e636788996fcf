"""Making a project of a directory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.core.channels import DEFAULT_CHANNEL
from interlock.core.files import write_atomic
from interlock.core.names import DEFAULT_FOLDER
from interlock.core.platforms import current_platform, find_subdir
from interlock.manifest.discovery import manifest_in
from interlock.manifest.starting import beginning
from interlock.project.findings.edits import cannot_begin
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_IGNORE = ".gitignore"


@dataclass(frozen=True, slots=True)
class Initialized:
    """The manifest of a directory, and the files that were written, in this order; ``why`` it is this manifest."""

    manifest: Path
    written: tuple[Path, ...]
    why: str = ""


def initialize(
    directory: str | None, *, name: str | None, channels: Sequence[str], platforms: Sequence[str]
) -> Initialized:
    """Write what a directory lacks to be a project; what is there keeps its content.

    By default it is the working directory; another one is made if it does not exist. The project gets the directory's
    name, the default channel, and the platform of this machine. Raises :class:`InterlockError`: IL108 for an unknown
    platform, IL140 if something cannot be written, and what is wrong with files that are there.
    """
    folder = Path(directory or ".").absolute()
    for platform in platforms:
        find_subdir(platform)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = beginning(
            folder,
            name=name or folder.name or "project",
            channels=channels or [DEFAULT_CHANNEL],
            platforms=platforms or [current_platform()],
        )
        texts: dict[Path, str | bytes] = {} if found is None else {found.path: found.text}
        texts.update(_ignored(folder))
        for path, text in texts.items():
            write_atomic(path, text, follow=True)
    except OSError as error:
        raise InterlockError(cannot_begin(folder, error)) from error
    manifest = found.path if found else manifest_in(folder, [])
    if manifest is None:
        raise AssertionError("a directory without a manifest gets one")
    return Initialized(manifest, tuple(texts), found.why if found else "it was there already")


def _ignored(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """The list of what git ignores, with the directory of environments, in the working tree of a repository."""
    path = folder / _IGNORE
    if not any((parent / ".git").exists() for parent in (folder, *folder.parents)):
        return
    # Bytes: git does not care about the encoding, and everything that is there is kept.
    before = path.read_bytes() if path.is_file() else b""
    folder_name = DEFAULT_FOLDER.strip("/").encode()
    if folder_name not in {line.strip().strip(b"/") for line in before.splitlines()}:
        break_ = b"\r\n" if b"\r\n" in before else b"\n"
        end = b"" if not before or before.endswith(b"\n") else break_
        yield path, before + end + folder_name + b"/" + break_
