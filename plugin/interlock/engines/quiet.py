"""rattler-build draws bars on a terminal, over what is shown there already."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr


@contextmanager
def without_bars() -> Iterator[None]:
    """For the block, nothing that writes to the file descriptor of stderr by itself is seen on a terminal.

    ``sys.stderr`` goes on to the terminal. Where stderr is something else there are no bars, and nothing is changed.
    """
    if not _is_terminal(2):
        yield
        return
    with (
        os.fdopen(os.dup(2), "w", encoding="utf-8", errors="backslashreplace") as own,
        open(os.devnull, "wb") as nowhere,  # noqa: PTH123 - a device, not a file
        redirect_stderr(own),
    ):
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(own.fileno(), 2)


def _is_terminal(descriptor: int) -> bool:
    try:
        return os.isatty(descriptor)
    except OSError:
        return False
