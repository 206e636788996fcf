"""Running rattler's coroutines, and the gateway, client and caches that they share."""

from __future__ import annotations

import asyncio
import atexit
import sys
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from rattler import Channel, Client, Gateway
from rattler.networking.middleware import AddHeadersMiddleware
from rattler.repo_data.gateway import SourceConfig

from interlock.core.offline import is_offline, switched_off
from interlock.core.once import once
from interlock.core.patience import RETRIES, SILENCE, http_retries, silence_seconds
from interlock.core.urls import local_path
from interlock.engines.network_reasons import CLOSED, NO_ANSWER, in_words
from interlock.engines.rattler.caches import conda_cache_dir
from interlock.engines.rattler.silence import SilentServerError, close_silent_connections
from interlock.engines.work import current, running

if TYPE_CHECKING:
    from pathlib import Path

Result = TypeVar("Result")
State = tuple[tuple[str, int, int, int], ...]

_WAIT_STEP = 0.0005
_WAIT_LIMIT = 0.5


def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Run one of rattler's coroutines to its end, also when the caller has an event loop running.

    A :class:`KeyboardInterrupt`, and the end of the work that it belongs to, cancels what rattler is doing.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        pass
    else:
        with ThreadPoolExecutor(1) as executor:
            return executor.submit(current().within(run), coroutine).result()
    return asyncio.run(_until_ended(coroutine))


async def _until_ended(coroutine: Coroutine[Any, Any, Result]) -> Result:
    loop = asyncio.get_running_loop()

    def cancel(task: asyncio.Task[Result]) -> None:
        # Called by another thread, for which the loop may be closed by now.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(task.cancel)

    seconds, closed = silence_seconds() or SILENCE, list[str]()
    watch = loop.create_task(close_silent_connections(seconds, closed))
    try:
        with running(lambda: loop.create_task(coroutine), cancel) as task:
            return await task
    except Exception as error:
        # Others may have been kept open for nothing while something else went wrong.
        if closed and in_words(str(error)) in (CLOSED, NO_ANSWER):
            raise SilentServerError(f"{error}\n{closed[-1]} sent nothing for {seconds:g} s") from error
        raise
    finally:
        watch.cancel()
        coroutine.close()


def client() -> Client:
    """The HTTP client: retries, the credentials that rattler stores, ``SSL_CERT_FILE`` and the proxy variables.

    While the network is switched off it is one that sends nothing.
    """
    return _client(is_offline())


@once
def _client(offline: bool) -> Client:
    if offline:
        return Client([AddHeadersMiddleware(_refuse)])
    chosen = http_retries()
    return Client.default_client(user_agent="interlock", max_retries=RETRIES if chosen is None else chosen)


def _refuse(_host: str, _path: str) -> dict[str, str]:
    """Called before each request: what is raised here is how the request ends."""
    raise ConnectionError(switched_off())


def gateway(channels: list[Channel]) -> Gateway:
    """The repodata gateway of this process for channels, see :class:`Repodata`."""
    folder = conda_cache_dir()
    return _repodata(None if folder is None else folder / "repodata", is_offline()).of(channels)


class Repodata:
    """What was read of channels, in one gateway for all threads: the data of a remote channel is fetched once.

    What is remembered of a local channel is dropped when its data has been written since. While the network is switched
    off, of a remote channel it is what is cached, however old.
    """

    def __init__(self, folder: Path | None, offline: bool = False) -> None:
        config = SourceConfig(cache_action="force-cache-only") if offline else None
        self._gateway = Gateway(cache_dir=folder, client=client(), default_config=config)
        # The state of each local channel when it was last read.
        self._read: dict[str, State] = {}
        self._comparing = threading.Lock()

    def of(self, channels: list[Channel]) -> Gateway:
        """The gateway, which knows nothing outdated of these channels."""
        for channel in channels:
            if channel.base_url.startswith("file:"):
                self._forget_if_written(channel)
        return self._gateway

    def _forget_if_written(self, channel: Channel) -> None:
        with self._comparing:
            state = _written(channel.base_url)
            if self._read.get(channel.base_url) != state:
                self._gateway.clear_repodata_cache(channel)
                self._read[channel.base_url] = state


_repodata = once(Repodata)


def _written(address: str) -> State:
    """What tells whether the repodata of a local channel has changed."""
    files = sorted(local_path(address).glob("*/repodata*"))
    stats = ((file, file.stat()) for file in files)
    return tuple((str(file), stat.st_mtime_ns, stat.st_size, stat.st_ino) for file, stat in stats)


def _foreign_threads() -> set[int]:
    known = {thread.ident for thread in threading.enumerate()}
    return {ident for ident in sys._current_frames() if ident not in known}  # noqa: SLF001 - the only way to ask


@atexit.register
def _wait_for_threads(before: frozenset[int] = frozenset(_foreign_threads())) -> None:
    # A result is handed over by a thread of rattler's that runs Python code, and may still be inside it when the
    # result is already here. If the interpreter ends at that moment, the process aborts or crashes.
    deadline = time.monotonic() + _WAIT_LIMIT
    while _foreign_threads() - before and time.monotonic() < deadline:
        time.sleep(_WAIT_STEP)
