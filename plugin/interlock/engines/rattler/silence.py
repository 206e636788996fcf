"""Ending connections on which nothing comes.

rattler's client waits for ever for a server that accepts a connection and says nothing, and the only limit that it has
is one for a whole transfer, which a large package over a slow line exceeds with every right. So this closes connections
that have been silent for long. Whoever waits for one is told that it was closed, and asks again as often as ever; one
that nobody waits for was kept open for the next request, which opens another.
"""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_TCP_INFO_SIZE = 104
_LAST_SENT, _LAST_RECEIVED = 44, 52  # linux/tcp.h: milliseconds since then
_ESTABLISHED, _CONNECTING = 1, 2


class SilentServerError(Exception):
    """A server sent nothing for so long that its connection was closed."""


async def close_silent_connections(seconds: float, closed: list[str]) -> None:
    """Close what has been silent for so many seconds, until cancelled; peers are added to ``closed``.

    Only connections of native code are looked at: sockets of Python objects have limits of their own. Does nothing on
    other systems than Linux.
    """
    begun: dict[int, float] = {}
    while sys.platform == "linux":
        await asyncio.sleep(min(seconds / 4, 5))
        for number in _silent(seconds, begun):
            with suppress(OSError), socket.socket(fileno=os.dup(number)) as ours:
                # The number may belong to another file by now; what was duplicated does not change any more.
                if _is_silent(ours, seconds, begun):
                    closed.append(_peer(ours))
                    ours.shutdown(socket.SHUT_RDWR)


def _silent(seconds: float, begun: dict[int, float]) -> Iterator[int]:
    found = []
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            if str(entry.readlink()).startswith("socket:"):
                with socket.socket(fileno=os.dup(int(entry.name))) as ours:
                    found += [int(entry.name)] if _is_silent(ours, seconds, begun) else []
    owned = _of_python() if found else set()
    return (number for number in found if number not in owned)


def _is_silent(ours: socket.socket, seconds: float, begun: dict[int, float]) -> bool:
    if ours.family not in (socket.AF_INET, socket.AF_INET6) or ours.type != socket.SOCK_STREAM:
        return False
    info = ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_SIZE)
    if info[0] == _CONNECTING:
        return time.monotonic() - begun.setdefault(os.fstat(ours.fileno()).st_ino, time.monotonic()) > seconds
    quiet = min(struct.unpack_from("I", info, place)[0] for place in (_LAST_SENT, _LAST_RECEIVED))
    return info[0] == _ESTABLISHED and quiet > seconds * 1000


def _of_python() -> set[int]:
    # Looking at an object that another thread ends at this moment may fail.
    found = set()
    for each in gc.get_objects():
        with suppress(Exception):
            if isinstance(each, socket.socket):
                found.add(each.fileno())
    return found


def _peer(ours: socket.socket) -> str:
    try:
        host, port = ours.getpeername()[:2]
    except OSError:
        return "a server"
    return f"{host}:{port}"
