"""The program of a worker: it builds as the client does, and sends events and results back."""

from __future__ import annotations

import platform
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from interlock import __version__
from interlock.builds.run.jobs import available_jobs, with_jobs
from interlock.builds.run.variables import JOB_VARIABLES
from interlock.builds.service import BuildService
from interlock.builds.store.store import default_store
from interlock.builds.store.store_layout import object_path
from interlock.core.files import sha256_of
from interlock.core.platforms import current_platform
from interlock.core.scratch import build_directory
from interlock.core.urls import local_path, split_url
from interlock.distributed.forward import TOPIC, Forward
from interlock.distributed.payload import Facts, Reply, Task, dumps, loads
from interlock.engines.rattler.cached_prefix import linked_prefix
from interlock.engines.work import Work, current
from interlock_hooks.types import BuildMode, BuildPlan, BuiltWheel, Environment, InterlockError

if TYPE_CHECKING:
    from pathlib import Path

_POLL_SECONDS = 0.3


class _DeclinedError(Exception):
    """The build cannot be done here, for the reason that is the message."""


def facts() -> bytes:
    """The :class:`Facts` about this machine."""
    return dumps(Facts(version=__version__, platform=current_platform(), libc=platform.libc_ver()))


def read_wheel(sha256: str, filename: str) -> bytes | None:
    """The content of a wheel that was built here."""
    path = default_store().root / object_path(sha256, filename)
    return path.read_bytes() if path.is_file() else None


def build(payload: bytes) -> bytes:
    """Do a :class:`Task`; the answer is a :class:`Reply`. Runs in a thread of a Dask worker."""
    from distributed import get_worker

    task: Task = loads(payload)
    worker = get_worker()
    forward = Forward(task.identity, lambda message: worker.log_event(TOPIC, message))
    try:
        with _ended_when_cancelled(), _environment(task) as (environment, shared):
            try:
                reply = _build(task.plan, environment, forward, threads=worker.state.nthreads, shared=shared)
            except InterlockError as error:
                reply = Reply(error=error)
            if not shared and forward.log is not None and forward.log.is_file():
                reply = replace(reply, log=forward.log.read_text(encoding="utf-8", errors="replace"))
    except _DeclinedError as reason:
        reply = Reply(declined=str(reason))
    finally:
        forward.close()
    return dumps(replace(reply, worker=worker.address))


def _build(plan: BuildPlan, environment: Environment, emit: Forward, *, threads: int, shared: bool) -> Reply:
    options = environment.request.build
    service = BuildService(default_store(options.store, emit), emit=emit)
    declared = environment.locked.plan(plan.name) or plan
    kept = {name for name, _ in declared.variables}
    # The share of the client's machine says nothing about this one.
    plan = replace(
        plan, variables=tuple(pair for pair in plan.variables if pair[0] in kept or pair[0] not in JOB_VARIABLES)
    )
    jobs = available_jobs(replace(options, jobs=None)) // threads
    answer = service.answer(with_jobs(plan, max(1, jobs)), environment)
    if answer.entry is None:
        raise _DeclinedError("it is an editable build")
    if answer.entry.prefix is not None and not shared:
        raise _DeclinedError("its wheel names the path of the environment, which does not exist on the worker")
    return Reply(wheel=answer.wheel, key=answer.key, entry=answer.entry.dumps())


@contextmanager
def _environment(task: Task) -> Iterator[tuple[Environment, bool]]:
    """The environment itself where this worker sees it (true), else one like it: its conda packages in the cache.

    A build that has to see the environment's PyPI packages gets them into its own build environment, as when metadata
    is asked for before there is a prefix.
    """
    environment = task.environment
    shared = task.probe.exists() and (environment.prefix / "conda-meta").is_dir()
    if not shared:
        _require_reachable(task)
    with build_directory(f"remote-{task.plan.name}") as place:
        environment = replace(environment, built=tuple(_unpacked(wheel, task, place) for wheel in environment.built))
        if not shared:
            environment = replace(
                environment,
                prefix=linked_prefix(environment.locked.conda.records),
                logs=place / "logs",
                request=replace(environment.request, root=place),
            )
        yield environment, shared


def _require_reachable(task: Task) -> None:
    """Raise when the build needs files that only the client has."""
    plan, environment = task.plan, task.environment
    packages = [plan.package, *plan.overlay]
    if plan.mode is BuildMode.NO_ISOLATION:
        packages += environment.locked.resolution.packages
    built = {wheel.name for wheel in environment.built}
    for package in packages:
        artifact = package.artifact
        if artifact.kind == "git" or split_url(artifact.url).scheme in ("http", "https") or package.name in built:
            continue
        path = local_path(artifact.url)
        same = artifact.sha256 is not None and path.is_file() and sha256_of(path) == artifact.sha256
        if not same:
            raise _DeclinedError(f"{package} comes from a path that does not exist on the worker: {artifact.url}")
    if environment.request.activation.scripts:
        raise _DeclinedError("the project's activation scripts do not exist on the worker")


def _unpacked(wheel: BuiltWheel, task: Task, place: Path) -> BuiltWheel:
    if wheel.path.is_file() and sha256_of(wheel.path) == wheel.sha256:
        return wheel
    folder = place / wheel.sha256
    folder.mkdir()
    path = folder / wheel.path.name
    path.write_bytes(task.wheels[wheel.sha256])
    return replace(wheel, path=path)


@contextmanager
def _ended_when_cancelled() -> Iterator[None]:
    """End the programs of this thread once its task has been cancelled; Dask cannot stop a thread."""
    from distributed import get_worker

    worker, key = get_worker(), get_worker().get_current_task()
    work = Work(current())
    done = threading.Event()

    def watch() -> None:
        while not done.wait(_POLL_SECONDS):
            task = worker.state.tasks.get(key)
            if task is None or task.state == "cancelled":
                work.stop()
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        with work.begun():
            yield
    finally:
        done.set()
        watcher.join()
