"""An installed environment as one file, for machines without a network and without Interlock."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from interlock.core.activity import doing
from interlock.core.counting import counted
from interlock.core.files import sha256_of
from interlock.core.scratch import temporary_directory
from interlock.engines.python.distributions import site_distributions
from interlock.install.fresh import GRAPH, STATE
from interlock.install.state import load_state
from interlock.pipeline.steps import stage
from interlock.project.findings.archives import cannot_be_packed, editable_left_out, half_installed, unknown_archive
from interlock.project.opening import installed_prefix
from interlock.project.platforms import platform_here
from interlock_hooks.types import InterlockError, StageProgress

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from packaging.utils import NormalizedName

    from interlock.project.opening import Project
    from interlock_hooks.types import ActivationOptions, Finding

_ACTIVATION = "etc/conda/activate.d"
_SPECIAL = re.compile(r'(["`\\])')


@dataclass(frozen=True, slots=True)
class PackOutcome:
    """An archive: its size in bytes, the number of its files, and its hash (hexadecimal)."""

    path: Path
    size: int
    files: int
    sha256: str
    findings: tuple[Finding, ...] = ()


def pack(project: Project, name: str, archive: Path | None, *, without_editable: bool = False) -> PackOutcome:
    """Pack the prefix of an environment, with what its activation sets in the manifest.

    By default the archive is in the working directory and has the names of project, environment and platform. Raises
    :class:`InterlockError`: IL670 for an unknown ending, IL671 for editable packages unless they are left out, IL673
    if it cannot be packed or its last install did not end, IL692 when it is not installed.
    """
    from interlock.engines.archive import FORMATS, ArchiveError, pack_prefix

    request = project.workspace.request(name, platform_here(project, name))
    prefix = installed_prefix(project, name)
    path = archive or Path(f"{project.workspace.name}-{name}-{request.target}.tar.gz")
    if not path.name.endswith(FORMATS):
        raise InterlockError(unknown_archive(path, FORMATS))
    # Of what is there, whatever the lock says by now.
    state = load_state(prefix)
    if state is None or not state.complete:
        raise InterlockError(half_installed(name, path))
    editable = [canonicalize_name(each) for each, installed in state.pypi.items() if installed.editable]
    if editable and not without_editable:
        raise InterlockError(editable_left_out(editable, refused=True))
    plugins = project.plugins

    def progress(written: int, total: int) -> None:
        plugins.event(StageProgress(stage="pack", done=written, total=total))

    with stage(plugins, "pack", name) as done:
        try:
            with _activation(request.activation, project.layout.root) as added:
                left_out = frozenset({STATE, GRAPH, *_files_of(state.site_packages, editable, prefix)})
                files = pack_prefix(prefix, path.absolute(), without=left_out, added=added, progress=progress)
            doing("the hash of the archive")
            outcome = PackOutcome(path, path.stat().st_size, files, sha256_of(path), _notes(editable))
        except (ArchiveError, OSError) as error:
            raise InterlockError(cannot_be_packed(name, path, error)) from error
        done(counted(files, "file"))
    return outcome


def _notes(editable: Sequence[str]) -> tuple[Finding, ...]:
    return (editable_left_out(editable, refused=False),) if editable else ()


def _files_of(site: str | None, names: Sequence[NormalizedName], prefix: Path) -> Iterator[str]:
    """The paths of installed distributions in the prefix: where they are editable, what points to their source.

    ``site`` is where its site-packages are.
    """
    if site is None:
        return
    found = site_distributions(prefix / site)
    for name in names:
        for path in found[name].files if name in found else ():
            yield os.path.normpath(f"{site}/{path}")


@contextmanager
def _activation(activation: ActivationOptions, root: Path) -> Iterator[Mapping[str, Path]]:
    """The files that do on activation what the manifest says; conda's own are sourced in the order of their names."""
    variables = (*activation.preset, *activation.env)
    with temporary_directory() as folder:
        added = {
            f"{_ACTIVATION}/zz-interlock-{number}-{Path(script).name}": root / script
            for number, script in enumerate(activation.scripts)
        }
        if variables:
            script = folder / "variables.sh"
            script.write_text("".join(f"export {key}={_quoted(value)}\n" for key, value in variables), encoding="utf-8")
            added[f"{_ACTIVATION}/zz-interlock-variables.sh"] = script
        yield added


def _quoted(value: str) -> str:
    """A value for a shell, which replaces the variables in it as activation does."""
    return '"' + _SPECIAL.sub(r"\\\1", value) + '"'
