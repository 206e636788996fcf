"""Where tests write: in memory, if the machine has room for that.

A run makes and deletes hundreds of thousands of small files. That is dear on a disk: ext4 without a journal goes
through all files that were deleted in the last minutes before it makes the next one, and a build's worth of them is
always that young.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import psutil

# The one place of this kind that a user may write to on every Linux. Builds may as well, for locks between processes.
SHARED_MEMORY = Path("/dev/shm")

# A run with three workers has 0.7 GiB of files at a time, 150,000 of them, and 2 GiB in its processes.
_BYTES_PER_WORKER = 1 << 30
_FILES_PER_WORKER = 100_000
_MEMORY_PER_WORKER = 2 << 30


def has_room(workers: int, folder: Path = SHARED_MEMORY) -> bool:
    """Whether a run with so many workers may keep its files in ``folder``, and start programs from there."""
    try:
        system = os.statvfs(folder)
    except OSError:
        return False
    return (
        os.access(folder, os.W_OK | os.X_OK)
        # So it is in many containers, which also have 64 MiB there.
        and not system.f_flag & os.ST_NOEXEC
        and system.f_bavail * system.f_frsize >= workers * _BYTES_PER_WORKER
        and system.f_favail >= workers * _FILES_PER_WORKER
        and _memory_left() >= workers * _MEMORY_PER_WORKER
    )


def _memory_left(groups: Path = Path("/sys/fs/cgroup"), membership: Path = Path("/proc/self/cgroup")) -> int:
    """Bytes that this process may still take, files in memory included: of the machine's, and of a container's."""
    left = psutil.virtual_memory().available
    with suppress(OSError):
        own = [line[3:].strip("/") for line in membership.read_text().splitlines() if line.startswith("0::")]
        for group in [groups / name for name in own for name in (name, *map(str, Path(name).parents))]:
            with suppress(OSError, ValueError):
                limit = int((group / "memory.max").read_text())
                left = min(left, limit - int((group / "memory.current").read_text()))
    return left
