"""What editors have to be told of an environment, by the user: their files are left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.files import text_in
from interlock.project.findings.environments import unused_by_editor

if TYPE_CHECKING:
    from interlock.project.opening import Project
    from interlock_hooks.types import Finding

_SETTINGS = ".vscode/settings.json"
_KEY = "python.defaultInterpreterPath"


def editor_hints(project: Project, name: str) -> tuple[Finding, ...]:
    """A note if VS Code is used in the project and its settings name no interpreter."""
    root, prefix = project.layout.root, project.layout.prefix(name)
    settings = root / _SETTINGS
    if not settings.parent.is_dir() or not (prefix / "bin" / "python").exists() or _KEY in text_in(settings):
        return ()
    interpreter = "${workspaceFolder}/" + f"{prefix.relative_to(root)}/bin/python"
    return (unused_by_editor(name, _SETTINGS, f'"{_KEY}": "{interpreter}"'),)
