"""What the options of ``env add`` ask for together."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.core.files import exists
from interlock.manifest.editing.dependency import Place
from interlock.manifest.editing.findings import unreadable_spec
from interlock.manifest.local_project import project_name
from interlock_hooks.types import BuildMode, InterlockError

if TYPE_CHECKING:
    from interlock_hooks.types import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """What is to be added, as the command line says it.

    ``source`` and ``mode`` are as for :class:`~interlock.manifest.editing.dependency.Dependency`.
    """

    specs: tuple[str, ...]
    place: Place = field(default_factory=Place)
    pypi: bool = False
    source: Mapping[str, str | bool] = field(default_factory=dict)
    mode: BuildMode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where a package comes from if not from an index; a path is relative to the working directory."""

    git: str | None = None
    rev: str | None = None
    branch: str | None = None
    tag: str | None = None
    subdirectory: str | None = None
    path: str | None = None
    editable: bool = False

    @property
    def said(self) -> dict[str, str | bool]:
        """Those options that are given."""
        return {key: value for key, value in asdict(self).items() if value}


def addition_of(
    specs: Sequence[str],
    sources: Sources,
    *,
    root: Path,
    feature: str,
    platform: str | None,
    pypi: bool = False,
    matched: bool = False,
    no_isolation: bool = False,
) -> Addition:
    """The addition to a project in ``root``. Raises :class:`InterlockError` (IL131) for options that do not fit."""
    said = sources.said
    if sources.git is None and said.keys() & {"rev", "branch", "tag"}:
        raise InterlockError(_option("a commit, branch or tag belongs to a repository", "add --git URL"))
    if sources.path is None and sources.editable:
        raise InterlockError(_option("only a local project can be editable", "add --path DIR"))
    if sources.git and sources.path:
        raise InterlockError(_option("--git and --path both say where the package comes from", "keep one of them"))
    if sources.path:
        said["path"] = _relative(sources.path, root)
        specs = specs or [_name_of(sources.path)]
    if not specs:
        raise InterlockError(_option("no package is named", "name one, like `interlock env add numpy`"))
    if said and len(specs) > 1:
        raise InterlockError(_option("--git and --path are about one package", "add one package at a time"))
    mode = BuildMode.MATCHED if matched else BuildMode.NO_ISOLATION if no_isolation else None
    place = Place(feature=feature, platform=platform)
    return Addition(specs=tuple(specs), place=place, pypi=pypi, source=said, mode=mode)


def _relative(path: str, root: Path) -> str:
    """A path of the working directory from the manifest on, as it is written there."""
    full = Path(path).expanduser().absolute()
    if not exists(full):
        raise InterlockError(_option(f"{path} does not exist", "correct the path"))
    if Path(path).is_absolute():
        return full.as_posix()
    shown = Path(os.path.relpath(full, root)).as_posix()
    return shown if shown.startswith(".") else f"./{shown}"


def _name_of(path: str) -> str:
    name = project_name(Path(path).expanduser().absolute())
    if name is None:
        raise InterlockError(_option(f"the project in {path} does not say its name", f"name it: NAME --path {path}"))
    return name


def _option(why: str, fix: str) -> Finding:
    return unreadable_spec("", why, fix)
