"""Answers that are found once in a process, also when several threads want them at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from functools import cache, update_wrapper
from typing import Generic, ParamSpec, TypeVar

_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")


class once(Generic[_Asked, _Answer]):  # noqa: N801 - a decorator
    """Like :func:`functools.cache`, but whoever asks what another thread is finding out waits for its answer.

    Arguments are positional. What raises is tried again.
    """

    def __init__(self, function: Callable[_Asked, _Answer]) -> None:
        self._known = cache(function)
        self._finding: dict[Hashable, threading.Lock] = {}
        update_wrapper(self, function)

    def __call__(self, *args: _Asked.args, **kwargs: _Asked.kwargs) -> _Answer:  # noqa: D102 - the function's own
        with self._finding.setdefault(args, threading.Lock()):
            return self._known(*args, **kwargs)  # type: ignore[arg-type]  # what is cached can be hashed

    def cache_clear(self) -> None:
        """Forget all answers."""
        self._known.cache_clear()
