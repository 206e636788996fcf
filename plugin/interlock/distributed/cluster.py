"""The connection to a Dask cluster, for one build."""

from __future__ import annotations

import asyncio
import platform
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from interlock import __version__
from interlock.distributed import findings
from interlock.distributed.forward import TOPIC
from interlock.distributed.payload import Facts, Reply, Task, dumps, loads, without_secrets
from interlock.distributed.worker import build, facts, read_wheel
from interlock.engines.work import running
from interlock_hooks.types import BuildPlan, Event, InterlockError

_CONNECT_SECONDS = 10
# How often to see whether there still is a worker, and how long to wait for the last events.
_LOOK_SECONDS = 3
_EVENTS_SECONDS = 5
# Dask warns of arguments that are larger than this; they are sent ahead.
_LARGE = 1 << 20


@dataclass(frozen=True, slots=True)
class Cluster:
    """A connection that is open."""

    # A distributed.Client, which is only partly typed.
    client: Any
    address: str

    def build(self, task: Task, emit: Callable[[Event], None]) -> Reply:
        """Have a worker do a task, and hand on the events that it sends.

        Raises :class:`InterlockError`: IL473 when no worker can, IL474 when none finishes it.
        """
        workers = self._workers(task.environment.locked.platform)
        payload: Any = dumps(without_secrets(task))
        if len(payload) > _LARGE:
            payload = self.client.scatter(payload, hash=False, workers=workers)
        with self._events(task.identity, emit):
            key = f"interlock-{task.plan.name}-{task.identity}"
            submit = partial(self.client.submit, build, payload, key=key, workers=workers, pure=False)
            with running(submit, lambda future: future.cancel()) as future:
                reply: Reply = loads(self._result(future, workers, task.plan))
                return reply

    def read_wheel(self, reply: Reply, plan: BuildPlan) -> bytes | None:
        """The content of the wheel that a worker has built, ``None`` if the worker has lost it."""
        if reply.wheel is None:
            return None
        future = self.client.submit(
            read_wheel, reply.wheel.sha256, reply.wheel.path.name, workers=[reply.worker], pure=False
        )
        content: bytes | None = self._result(future, [reply.worker], plan)
        return content

    def _result(self, future: Any, workers: list[str], plan: BuildPlan) -> Any:
        done = threading.Event()
        future.add_done_callback(lambda _: done.set())
        try:
            while not done.wait(_LOOK_SECONDS):
                if not set(workers) & set(self.client.nthreads()):
                    raise InterlockError(findings.lost(plan, "all workers that could build it have disconnected"))
            return future.result()
        except InterlockError:
            raise
        # What the build itself raises is in its reply; this is Dask, or a worker that is not set up.
        except (Exception, asyncio.CancelledError) as error:
            raise InterlockError(findings.lost(plan, f"{type(error).__name__}: {error}")) from error

    def _workers(self, wanted: str) -> list[str]:
        found: dict[str, Any] = self.client.run(facts, on_error="return")
        refused = {worker: why for worker, answer in found.items() if (why := _unfit(answer, wanted))}
        fit = [worker for worker in found if worker not in refused]
        if not fit:
            raise InterlockError(findings.no_worker(self.address, refused))
        return fit

    @contextmanager
    def _events(self, identity: str, emit: Callable[[Event], None]) -> Iterator[None]:
        """Hand on the events of one build, to the last one."""
        ended = threading.Event()

        def receive(message: tuple[object, list[Any]]) -> None:
            sender, data = message[1]
            if sender != identity:
                return
            if not data:
                ended.set()
                return
            for event in loads(bytes(data)):
                emit(event)

        self.client.subscribe_topic(TOPIC, receive)
        yield
        # They take another way than results and may come later.
        ended.wait(_EVENTS_SECONDS)


@contextmanager
def connected(address: str) -> Iterator[Cluster]:
    """A connection to the scheduler at ``address``.

    Raises :class:`InterlockError`: IL470 when Dask is not installed, IL472 when the scheduler does not respond.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise InterlockError(findings.not_installed(error)) from error
    try:
        client: Any = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, RuntimeError) as error:
        raise InterlockError(findings.unreachable(address, error)) from error
    with client:
        yield Cluster(client, address)


def _unfit(answer: object, wanted: str) -> str | None:
    """Why a worker cannot build, given its facts or what it raised instead of telling them."""
    if not isinstance(answer, bytes):
        return f"Interlock does not run there: {answer}"
    found: Facts = loads(answer)
    if found.version != __version__:
        return f"it has Interlock {found.version}, but this machine has {__version__}"
    if found.platform != wanted:
        return f"it runs {found.platform}, but the environment is for {wanted}"
    name, version = platform.libc_ver()
    if found.libc[0] != name or _number(found.libc[1]) > _number(version):
        return f"it has {' '.join(found.libc)}, but this machine has {name} {version}"
    return None


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
