"""Answers of solvers that several requests share."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

_Request = TypeVar("_Request", bound=Hashable)
_Answer = TypeVar("_Answer")


class Shared(Generic[_Request, _Answer]):
    """Like ``ask``, which is asked each question once; that there is no answer is one as well.

    Whoever asks what another thread is finding out waits for its answer.
    """

    def __init__(self, ask: Callable[[_Request], _Answer]) -> None:
        self._ask = ask
        self._known: dict[_Request, Future[_Answer]] = {}
        self._one_at_a_time = threading.Lock()

    def __call__(self, request: _Request) -> _Answer:
        """The answer to a request; raises what ``ask`` raised for it."""
        with self._one_at_a_time:
            known = self._known.get(request)
            answer = self._known.setdefault(request, Future()) if known is None else known
        if known is None:
            try:
                answer.set_result(self._ask(request))
            except BaseException as error:  # noqa: BLE001 - whoever waits for it has to know
                answer.set_exception(error)
        return answer.result()
