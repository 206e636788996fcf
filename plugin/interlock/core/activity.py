"""What is worked on at the moment, for whoever shows it: which package is downloaded, which version is looked at.

Who listens is a context variable, so that an engine need not be told for whom it works: the sign that the command is at
work, a stage of the pipeline, or a build.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Tell = Callable[[str], None]

_MEGABYTE = 1_000_000


def _to_nobody(_: str) -> None: ...


_tell: ContextVar[Tell] = ContextVar("tell", default=_to_nobody)


@contextmanager
def telling(tell: Tell) -> Iterator[None]:
    """Within the block, ``tell`` gets a short phrase whenever something else is worked on."""
    token = _tell.set(tell)
    try:
        yield
    finally:
        _tell.reset(token)


def teller() -> Tell:
    """Who listens here, for threads that an engine starts by itself."""
    return _tell.get()


def doing(what: str) -> None:
    """Say what is done now; an empty phrase takes back the one before."""
    _tell.get()(what)


class Download:
    """A download that is told of: its name, and how far it is, to the megabyte."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._tell = teller()
        self._told = -1

    def at(self, done: int, total: int | None = None) -> None:
        """``done`` bytes of ``total`` are here."""
        megabytes = done // _MEGABYTE
        if megabytes != self._told:
            self._told = megabytes
            self._tell(f"downloading {self._name} ({so_far(done, total)})")


def so_far(done: int, total: int | None) -> str:
    """``done`` bytes of ``total``, to the megabyte: ``3 of 25 MB``."""
    of = "" if total is None else f" of {total / _MEGABYTE:.0f}"
    return f"{done // _MEGABYTE}{of} MB"
