"""Who works on a prefix: told to those who wait for it. The lock itself does not depend on it."""

from __future__ import annotations

import json
import os
import socket
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from interlock.core.durations import duration_text
from interlock.core.files import write_atomic
from interlock.core.shapes import check_fields

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A process: ``since`` is when it began to hold the prefix, in seconds since the epoch."""

    pid: int
    host: str
    since: float

    @property
    def elsewhere(self) -> bool:
        """Whether it runs on another host, where this one cannot see whether it still does."""
        return self.host != socket.gethostname()

    def __str__(self) -> str:
        """For messages: ``process 12 on host, for 3 s``."""
        host = f" on {self.host}" if self.elsewhere else ""
        return f"process {self.pid}{host}, for {duration_text(max(time.time() - self.since, 0))}"


def write_holder(path: Path) -> None:
    """Say that it is this process, beginning now. Raises :class:`OSError`."""
    holder = Holder(pid=os.getpid(), host=socket.gethostname(), since=time.time())
    write_atomic(path, json.dumps(asdict(holder)), alone=True)


def read_holder(path: Path) -> Holder | None:
    """Who it is; ``None`` if that is not known: it has just begun, or the file is a leftover of one that is dead."""
    try:
        holder = Holder(**json.loads(path.read_text(encoding="utf-8")))
        check_fields(holder)
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    return holder if holder.elsewhere or _lives(holder.pid) else None


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True
