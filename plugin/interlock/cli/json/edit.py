"""The document of ``env add`` and ``env remove``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.json.graphs import environments_document
from interlock.cli.json.ran import ran_document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from interlock.cli.documents import edit as documents
    from interlock.cli.documents.install import EnvInstall
    from interlock.project.ecosystems import Choice
    from interlock.project.initializing import Initialized
    from interlock.project.solved_edits import Edit, Written
    from interlock_hooks.types import CodeStarted


def edit_document(
    edit: Edit, *, changed: bool, installed: EnvInstall | None, ran: Iterable[CodeStarted]
) -> documents.EditedManifest:
    """What an edit wrote, or would write, and how the lock changes; the rest is as in :func:`moved_document`."""
    moved = moved_document(edit, changed=changed, installed=installed, ran=ran)
    return {
        "manifest": moved["manifest"],
        "lock": moved["lock"],
        "changed": changed,
        "added": [_choice(choice) for choice in edit.choices],
        "written": moved["written"],
        "environments": moved["environments"],
        "installed": installed,
        "ran": moved["ran"],
    }


def moved_document(
    edit: Edit, *, changed: bool, installed: EnvInstall | None, ran: Iterable[CodeStarted]
) -> documents.MovedLock:
    """``env update``: how the lock changes, or would change, as ``env diff`` says it.

    ``installed`` is the report of the install, and ``ran`` whose code ran in all.
    """
    return {
        "manifest": str(edit.before.path),
        "lock": str(edit.project.layout.lock_file),
        "changed": changed,
        "written": written_document(edit.written),
        "environments": environments_document(edit.comparison),
        "installed": installed,
        "ran": ran_document(ran),
    }


def written_document(written: Iterable[Written]) -> list[documents.Written]:
    """The keys that were written, or would be; ``old`` and ``new`` are null where there is nothing."""
    return [
        {"file": each.where.file, "line": each.where.line, "key": each.where.key, "old": each.old, "new": each.new}
        for each in written
    ]


def _choice(choice: Choice) -> documents.Choice:
    dependency = choice.dependency
    return {
        "name": dependency.name,
        "ecosystem": dependency.ecosystem,
        "version": dependency.version or None,
        "why": choice.why or None,
    }


def init_document(done: Initialized) -> documents.Init:
    """``init``: the manifest of the directory, and the files that were written."""
    return {"manifest": str(done.manifest), "written": [str(path) for path in done.written]}
