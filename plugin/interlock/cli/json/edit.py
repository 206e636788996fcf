"""The document of ``env add`` and ``env remove``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from interlock.cli.json.graphs import environments_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from interlock.project.ecosystems import Choice
    from interlock.project.initializing import Initialized
    from interlock.project.solved_edits import Edit, Written


def edit_document(edit: Edit, *, changed: bool, installed: Mapping[str, Any] | None) -> dict[str, Any]:
    """What an edit wrote, or would write, and how the lock changes; ``installed`` is the report of the install."""
    return _document(edit, changed, installed, {"added": [_choice(choice) for choice in edit.choices]})


def moved_document(edit: Edit, *, changed: bool, installed: Mapping[str, Any] | None) -> dict[str, Any]:
    """``env update``: how the lock changes, or would change, as ``env diff`` says it."""
    return _document(edit, changed, installed, {})


def _document(
    edit: Edit, changed: bool, installed: Mapping[str, Any] | None, added: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "manifest": str(edit.before.path),
        "lock": str(edit.project.layout.lock_file),
        "changed": changed,
        **added,
        "written": written_document(edit.written),
        "environments": environments_document(edit.comparison),
        "installed": None if installed is None else dict(installed),
    }


def written_document(written: Iterable[Written]) -> list[dict[str, Any]]:
    """The keys that were written, or would be; ``old`` and ``new`` are null where there is nothing."""
    return [
        {"file": each.where.file, "line": each.where.line, "key": each.where.key, "old": each.old, "new": each.new}
        for each in written
    ]


def _choice(choice: Choice) -> dict[str, Any]:
    dependency = choice.dependency
    return {
        "name": dependency.name,
        "ecosystem": dependency.ecosystem,
        "version": dependency.version or None,
        "why": choice.why or None,
    }


def init_document(done: Initialized) -> dict[str, Any]:
    """``init``: the manifest of the directory, and the files that were written."""
    return {"manifest": str(done.manifest), "written": [str(path) for path in done.written]}
