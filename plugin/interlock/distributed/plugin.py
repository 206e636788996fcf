"""The plugin ``dask``: answers build plans with wheels that workers of a cluster build."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from interlock.builds.run.log import BuildLog
from interlock.builds.run.wheelfile import check_wheel
from interlock.builds.store.entry import Entry
from interlock.core.offline import is_offline
from interlock.distributed import findings
from interlock.distributed.cluster import Cluster, connected
from interlock.distributed.payload import Reply, Task
from interlock_hooks import hookimpl
from interlock_hooks.types import BuildStarted, FindingReported, InterlockError

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.builds.services import BuildServices
    from interlock.builds.store.store import WheelStore
    from interlock_hooks.types import BuildPlan, BuiltWheel, Environment, Event

NAME = "dask"
# Dask's own name of the scheduler's address.
VARIABLE = "DASK_SCHEDULER_ADDRESS"


class DaskPlugin:
    """Sends builds to the workers of the scheduler that ``[tool.interlock.dask]`` names.

    What they build goes into the stores of ``builds``, which builds on this machine use as well.
    """

    thread_safe = True

    def __init__(self, emit: Callable[[Event], None], builds: BuildServices) -> None:
        self._emit = emit
        self._builds = builds

    @hookimpl(tryfirst=True)
    def interlock_build_wheel(self, plan: BuildPlan, environment: Environment) -> BuiltWheel | None:
        """The wheel from a store, or built on a worker; ``None`` leaves it to this machine.

        So it does while the network is switched off.

        Raises :class:`InterlockError` as a build here does, and IL470 to IL476.
        """
        address = scheduler_address(environment.request.settings.get(NAME, {}))
        if plan.package.artifact.editable or is_offline():
            return None
        service = self._builds.using(environment.request.build.store)
        known = service.stored_wheel(plan, environment)
        if known is not None:
            return known
        with connected(address) as cluster, _probe(environment) as probe:
            remote = _Remote(plan, environment, cluster, service.store, self._emit)
            return remote.build(probe)


class _Remote:
    """One build on a cluster."""

    def __init__(
        self,
        plan: BuildPlan,
        environment: Environment,
        cluster: Cluster,
        store: WheelStore,
        emit: Callable[[Event], None],
    ) -> None:
        self._plan = plan
        self._environment = environment
        self._cluster = cluster
        self._store = store
        self._emit = emit
        self._log: Path | None = None

    def build(self, probe: Path) -> BuiltWheel | None:
        task = Task(
            identity=uuid.uuid4().hex,
            plan=self._plan,
            environment=self._environment,
            probe=probe,
            wheels={wheel.sha256: wheel.path.read_bytes() for wheel in self._environment.built},
        )
        reply = self._cluster.build(task, self._receive)
        if reply.log is not None:
            self._own_log().write_text(reply.log, encoding="utf-8")
        if reply.error is not None:
            raise self._localized(reply.error)
        if reply.wheel is None:
            why = reply.declined or "the worker gave no reason"
            self._emit(FindingReported(finding=findings.built_here(self._plan, why)))
            return None
        path = self._fetch(reply)
        check_wheel(path, self._plan.package)
        return replace(reply.wheel, path=path, log=self._log or reply.wheel.log)

    def _receive(self, event: Event) -> None:
        if isinstance(event, BuildStarted) and not event.log.is_relative_to(self._environment.logs):
            # This machine cannot read what the worker writes.
            event = replace(event, log=self._own_log())
        self._emit(event)

    def _own_log(self) -> Path:
        """A log on this machine, for what a worker says that writes its own elsewhere."""
        if self._log is None:
            version = self._plan.package.known_version
            with BuildLog(self._environment.logs, self._plan.name, self._emit, version=version) as log:
                self._log = log.path
        return self._log

    def _localized(self, error: InterlockError) -> InterlockError:
        if self._log is not None:
            log = str(self._log)
            error.findings = tuple(
                replace(finding, log=log) if finding.log is not None else finding for finding in error.findings
            )
        return error

    def _fetch(self, reply: Reply) -> Path:
        """The wheel in this machine's store: it is there already, or a shared store has it, or the worker sends it."""
        entry = Entry.loads(reply.entry)
        path = self._store.receive(reply.key, entry)
        if path is None:
            content = self._cluster.read_wheel(reply, self._plan) or b""
            path = self._store.receive(reply.key, entry, lambda _, target: _written(content, entry, target))
        if path is None:
            raise InterlockError(findings.damaged(self._plan, reply.worker, [f"expected sha256 {entry.sha256}"]))
        return path


def scheduler_address(settings: Mapping[str, Any]) -> str:
    """The scheduler that the plugin's table names, or Dask's own variable. Raises :class:`InterlockError` (IL471)."""
    unknown = sorted(settings.keys() - {"scheduler"})
    if unknown:
        raise InterlockError(findings.wrong_settings(f"unknown key {unknown[0]!r} in [tool.interlock.dask]"))
    address = settings.get("scheduler") or os.environ.get(VARIABLE)
    if not isinstance(address, str):
        raise InterlockError(
            findings.wrong_settings(
                "they do not name a scheduler" if address is None else f"{address!r} is not an address"
            )
        )
    return address


def _written(content: bytes, entry: Entry, target: Path) -> bool:
    target.write_bytes(content)
    return hashlib.sha256(content).hexdigest() == entry.sha256


@contextmanager
def _probe(environment: Environment) -> Iterator[Path]:
    """A file that a worker sees only if it shares the project's file system."""
    environment.logs.mkdir(parents=True, exist_ok=True)
    path = environment.logs / f".probe-{uuid.uuid4().hex}"
    path.touch()
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)
