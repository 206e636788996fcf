"""Pieces of work: what runs for one of them can be ended from another thread, and nothing else with it.

Work is part of the work in which it was made, and ends with it. Which one a thread does is a context variable, so that
what starts a program need not be told for whom.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from functools import partial
from typing import TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_Started = TypeVar("_Started")

# What runs, by what ends it, and whose work that is.
_running: dict[Callable[[], None], Work] = {}
# One for all work: whoever stops some has seen everything that was started in it, and nothing is started any more.
_starting = threading.Lock()


class Stopped(BaseException):
    """The work that this thread does was stopped. No error: nobody waits for its result."""


class Work:
    """A piece of work, part of ``whole`` if that is given."""

    def __init__(self, whole: Work | None) -> None:
        self._whole = whole
        self._stopped = False

    @property
    def stopped(self) -> bool:
        """Whether it, or what it is part of, was stopped."""
        return self._stopped or (self._whole is not None and self._whole.stopped)

    def is_part_of(self, other: Work) -> bool:
        """Whether it is the other one, or a part of it."""
        return self is other or (self._whole is not None and self._whole.is_part_of(other))

    def within(self, function: Callable[[_Item], _Result]) -> Callable[[_Item], _Result]:
        """A function for another thread, which calls ``function`` in this work and with the context of here."""
        context = copy_context()
        context.run(_current.set, self)
        return lambda item: context.run(function, item)

    @contextmanager
    def begun(self) -> Iterator[None]:
        """Do this work in the block."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)

    def end(self) -> None:
        """End everything that runs for it now."""
        with _starting:
            enders = [threading.Thread(target=end) for end, work in _running.items() if work.is_part_of(self)]
        for ender in enders:
            ender.start()
        for ender in enders:
            ender.join()

    def stop(self) -> None:
        """End everything that runs for it, and let nothing start any more: what would raises :class:`Stopped`."""
        with _starting:
            self._stopped = True
        self.end()


_everything = Work(None)
_current: ContextVar[Work] = ContextVar("work", default=_everything)


def current() -> Work:
    """The work that this thread does."""
    return _current.get()


def end_all() -> None:
    """End everything that runs now, whatever work it is part of."""
    _everything.end()


@contextmanager
def running(start: Callable[[], _Started], end: Callable[[_Started], None]) -> Iterator[_Started]:
    """Something that goes on elsewhere while the block runs, such as a program; ``end`` is called to end it early.

    Raises :class:`Stopped` if the work of this thread is stopped, in place of whatever comes of that.
    """
    work = current()
    with _starting:
        if work.stopped:
            raise Stopped
        started = start()
        ender = partial(end, started)
        _running[ender] = work
    try:
        yield started
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        if work.stopped:
            raise Stopped from error
        raise
    finally:
        with _starting:
            del _running[ender]
    if work.stopped:
        raise Stopped
