"""A locked environment as the inspecting commands see it: its graph, with the manifest's lines where they are known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement as Pep508
from packaging.utils import NormalizedName

from interlock.builds.plan.markers import applies
from interlock.core.names import DEFAULT_FOLDER, LOCK_NAME
from interlock.core.paths import Layout
from interlock.graph.assemble import assemble
from interlock.graph.lines import manifest_lines
from interlock.graph.lookup import find
from interlock.lock.findings import missing
from interlock.lock.reader import read
from interlock.manifest.platforms import current_platform
from interlock.manifest.report import NOT_FOUND
from interlock.project.opening import lock_state, open_project
from interlock.solve.maps import snapshot
from interlock.solve.moving import choices, moved
from interlock.solve.names import conda_names, located
from interlock.solve.request import make_conda_request
from interlock_hooks.types import CondaRecord, Finding, InterlockError, Location, NameOrigin, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interlock.graph.model import Graph, Line, Node
    from interlock.lock.model import Lock
    from interlock.plugins.manager import Plugins
    from interlock.project.opening import Project
    from interlock_hooks.types import EnvironmentRequest, LockedEnvironment, ProvidedDistribution


@dataclass(frozen=True, slots=True)
class Opened:
    """Where a project is; ``project`` is ``None`` when its manifest cannot be read, and ``findings`` say so."""

    layout: Layout
    project: Project | None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Inspected:
    """The graph of a locked environment, and what a user should know of its lock and manifest."""

    graph: Graph
    lock: Lock
    request: EnvironmentRequest | None = None
    findings: tuple[Finding, ...] = ()

    def origin(self, node: Node, provided: ProvidedDistribution) -> NameOrigin | None:
        """Which rule says that a record provides a distribution; ``None`` if the lock does not know."""
        if provided.rule is None:
            return None
        origin = NameOrigin(rule=provided.rule, source=provided.source)
        if self.request is None or not isinstance(node.content, CondaRecord):
            return origin
        return located(origin, node.content, self.request)

    def find(self, name: str) -> tuple[Node, ...]:
        """The packages of that name. Raises :class:`InterlockError` (IL693), looking into the rest of the lock."""
        answers = (answer.environment for entry in self.lock.environments for answer in entry.platforms)
        here = (self.graph.environment, self.graph.platform)
        others = (assemble(locked, None) for locked in answers if (locked.name, locked.platform) != here)
        return find(self.graph, name, elsewhere=others)


def open_for_inspection(manifest_path: str | None, *, folder: str = DEFAULT_FOLDER) -> Opened:
    """Open the project; one with a broken manifest can be inspected too if it has a lock.

    Raises :class:`InterlockError` as :func:`open_project` does when there is neither.
    """
    try:
        project = open_project(manifest_path, folder=folder)
    except InterlockError as error:
        root = _nearest_lock(Path.cwd() if manifest_path is None else Path(manifest_path).absolute())
        if root is None or error.findings[0].code == NOT_FOUND:
            raise
        return Opened(Layout(root, folder), None, (_unreadable(error.findings[0]),))
    return Opened(project.layout, project)


def inspect(
    environment: str, platform: str | None = None, *, manifest_path: str | None = None, folder: str = DEFAULT_FOLDER
) -> Inspected:
    """The graph of what is locked for an environment on a platform, by default this machine's if it is locked.

    Raises :class:`InterlockError`: IL112 and IL115 as the manifest does, IL605 where the lock holds nothing.
    """
    opened = open_for_inspection(manifest_path, folder=folder)
    lock = read(opened.layout.lock_file, root=opened.layout.root)
    wanted = platform or _platform(lock, environment)
    request = None if opened.project is None else opened.project.workspace.request(environment, wanted)
    subdir = wanted if request is None else request.platform
    locked = None if lock is None else lock.get(environment, subdir)
    if lock is None or locked is None:
        entry = None if lock is None else lock.entry(environment)
        known = () if entry is None else tuple(answer.environment.platform for answer in entry.platforms)
        raise InterlockError(missing(opened.layout.lock_file, environment, subdir, known=known))
    findings = list(opened.findings)
    lines = None
    if opened.project is not None and request is not None:
        lines = lines_of(request, locked, opened.project.plugins)
        if is_outdated(opened, lock, environment, wanted):
            findings.append(outdated_lock(opened.layout.lock_file, environment, subdir))
    return Inspected(assemble(locked, lines), lock, request, tuple(findings))


def lines_of(request: EnvironmentRequest, locked: LockedEnvironment, plugins: Plugins) -> tuple[Line, ...]:
    """The lines that ask for what is locked: those of the manifest, with what plugins add to them.

    What the manifest asks of conda and PyPI supplies, as it allows, is asked of PyPI.
    """
    # The map that comes along is enough for names that the manifest itself gives.
    suppliers = partial(conda_names, request=request, published=snapshot)
    allowed = frozenset[NormalizedName]().union(*choices(request, suppliers))
    request = moved(request, [name for name in allowed if locked.resolution.get(name)], suppliers)
    conda = make_conda_request(request, plugins.conda_request(request), locked.conda.virtual_packages)
    additions = plugins.pypi_request(request, locked.conda)
    requirements = (*request.requirements, *(entry for each in additions for entry in each.requirements))
    constraints = (*request.constraints, *(text for each in additions for text in each.constraints))
    overrides = (*request.overrides, *(text for each in additions for text in each.overrides))
    python = locked.resolution.python
    return manifest_lines(
        conda,
        [entry for entry in requirements if applies(Pep508(entry.text), python)],
        constraints=[text for text in constraints if applies(Pep508(text), python)],
        overrides=[text for text in overrides if applies(Pep508(text), python)],
        system=request.system_requirements,
    )


def is_outdated(opened: Opened, lock: Lock, environment: str, platform: str) -> bool:
    """Whether the lock answers another manifest than the one that there is; not if that cannot be told."""
    try:
        return opened.project is not None and lock_state(opened.project, lock, environment, platform) == "outdated"
    except InterlockError:
        return False


def _nearest_lock(start: Path) -> Path | None:
    return next((folder for folder in (start, *start.parents) if (folder / LOCK_NAME).is_file()), None)


def _platform(lock: Lock | None, environment: str) -> str:
    """The platform of this machine, unless the lock has only others for the environment."""
    entry = None if lock is None else lock.entry(environment)
    locked: Sequence[str] = [] if entry is None else [answer.environment.platform for answer in entry.platforms]
    here = current_platform()
    return here if here in locked or not locked else locked[0]


def _unreadable(problem: Finding) -> Finding:
    return replace(
        problem,
        code="IL622",
        severity=Severity.WARNING,
        what="the manifest cannot be read, so that only the lock is shown",
        why=f"{problem.code}: {problem.what}",
    )


def outdated_lock(path: Path, environment: str, platform: str) -> Finding:
    """IL621: lines of the manifest may lead to nothing in the lock."""
    return Finding(
        code="IL621",
        severity=Severity.WARNING,
        what=f"{path.name} does not answer the manifest for environment {environment!r} on {platform}",
        why="the manifest changed after the lock was written: lines of it may lead to nothing",
        where=Location(file=str(path)),
        fix="run `interlock env lock`",
    )
