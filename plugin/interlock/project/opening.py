"""One project, as the commands use it: its manifest, its directories, and its plugins."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.core.edits import take_back
from interlock.core.layout import Layout
from interlock.core.names import DEFAULT_FOLDER
from interlock.install.fresh import is_usable
from interlock.manifest import find_manifest, load
from interlock.plugins.builtin import register_builtins
from interlock.plugins.manager import Plugins
from interlock.project.findings.environments import half_made, not_installed
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from interlock.manifest import Workspace
    from interlock.plugins.manager import PluginInfo


@dataclass(frozen=True, slots=True)
class Project:
    """A manifest that was read, where its files are, and the plugins that it enables.

    ``read_at`` is when reading began (ns since the epoch): what changes later is not part of what is done with it.
    """

    workspace: Workspace
    layout: Layout
    plugins: Plugins
    read_at: int


def open_project(
    manifest_path: str | None,
    *,
    folder: str = DEFAULT_FOLDER,
    elsewhere: Mapping[str, Path] | None = None,
    listener: object | None = None,
) -> Project:
    """Read the manifest that ``manifest_path`` names, or the nearest one upwards, and load its plugins.

    ``folder`` and ``elsewhere`` are as in :class:`Layout`. ``listener`` is one more plugin, for events. Raises
    :class:`InterlockError` as the manifest and plugins do.
    """
    read_at = time.time_ns()
    start = Path.cwd() if manifest_path is None else Path(manifest_path)
    manifest = find_manifest(start)
    with suppress(OSError):
        # Where nothing can be written, nothing is taken back.
        take_back(manifest.parent / folder)
    workspace = load(manifest)
    plugins = Plugins()
    if listener is not None:
        plugins.register_builtin("progress", listener)
    register_builtins(plugins)
    plugins.register_third_party(workspace.plugins)
    return Project(workspace, Layout(workspace.root, folder, elsewhere or {}), plugins, read_at)


def plugin_infos(manifest_path: str | None) -> list[PluginInfo]:
    """The plugins that could run, and which of them do in the project here, if there is one."""
    try:
        plugins = open_project(manifest_path).plugins
    except InterlockError:
        # Asked for by path, the manifest must be right; otherwise there may just be no project here.
        if manifest_path is not None:
            raise
        plugins = Plugins()
        register_builtins(plugins)
    return plugins.infos()


def installed_prefix(project: Project, name: str) -> Path:
    """The prefix of an environment, complete or not; raises :class:`InterlockError` (IL692) if there is none."""
    prefix = project.layout.prefix(name)
    if not (prefix / "conda-meta").is_dir():
        raise InterlockError(not_installed(name, prefix))
    return prefix


def usable_prefix(project: Project, name: str) -> Path:
    """The prefix of an environment whose install ended; raises :class:`InterlockError` (IL692) if there is none."""
    prefix = installed_prefix(project, name)
    if not is_usable(str(prefix)):
        raise InterlockError(half_made(name, prefix))
    return prefix
