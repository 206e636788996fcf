"""Writing an edit: all files of the manifest and the lock, or none."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

from interlock.core.edits import editing
from interlock.core.files import write_atomic
from interlock.manifest.editing.pip_text import PipFile
from interlock.project.findings.edits import changed_meanwhile, unwritable_manifest
from interlock.project.lock_file import put_lock
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from interlock.project.solved_edits import Edit

_BOM = "\ufeff"


def write(edit: Edit) -> bool:
    """Write the manifest and the lock, and say whether one of them changed.

    Raises :class:`InterlockError`: IL134 if the manifest or the lock is not what it was, IL135 and IL604 if a file
    cannot be written. The manifest is as it was then.
    """
    if not edit.has_changes:
        return False
    layout = edit.project.layout
    try:
        with editing(layout.own, layout.lock_file, dict(_changes(edit))), ExitStack() as undo:
            # Asked again, as another edit may have been made while this one waited for it.
            for path, new in _changes(edit):
                _write_file(path, new, undo)
            changed = put_lock(edit.project, edit.lock, before=edit.old_lock) or edit.before != edit.after
            undo.pop_all()
    except OSError as error:
        raise InterlockError(unwritable_manifest(layout.own, error)) from error
    return changed


def _changes(edit: Edit) -> Iterator[tuple[Path, bytes | None]]:
    """The files of the manifest that change, with what they become. One without any text goes, unless it is named."""
    for before, after in zip(edit.before.files, edit.after.files, strict=True):
        path = before.path
        try:
            read = path.read_bytes().decode("utf-8") if before.text or path.exists() else ""
        except OSError as error:
            raise InterlockError(unwritable_manifest(path, error)) from error
        except UnicodeDecodeError:
            raise InterlockError(changed_meanwhile(path)) from None
        if read.removeprefix(_BOM) != before.text:
            raise InterlockError(changed_meanwhile(path))
        if after.text != before.text:
            mark = _BOM if read.startswith(_BOM) else ""
            gone = not after.text and not isinstance(after, PipFile)
            yield path, None if gone else f"{mark}{after.text}".encode()


def _write_file(path: Path, new: bytes | None, undo: ExitStack) -> None:
    try:
        undo.callback(_put_back, path, path.read_bytes() if path.exists() else None)
        if new is None:
            path.unlink()
        else:
            write_atomic(path, new, alone=True, follow=True)
    except OSError as error:
        raise InterlockError(unwritable_manifest(path, error)) from error


def _put_back(path: Path, old: bytes | None) -> None:
    with suppress(OSError):
        if old is None:
            path.unlink(missing_ok=True)
        else:
            write_atomic(path, old, alone=True, follow=True)
