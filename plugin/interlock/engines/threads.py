"""Work that other programs do, several pieces at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import TypeVar

from interlock.engines.work import Work, current

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def in_threads(function: Callable[[_Item], _Result], items: Sequence[_Item], *, workers: int) -> list[_Result]:
    """The results of ``function`` for each item, in order; up to ``workers`` calls run at a time.

    The first failure, and an interrupt, ends the programs of the other calls and is raised when they have ended.
    """
    work = Work(current())
    with ThreadPoolExecutor(max(1, min(workers, len(items)))) as pool:
        futures = [pool.submit(work.within(function), item) for item in items]
        try:
            for future in wait(futures, return_when=FIRST_EXCEPTION).done:
                future.result()
            return [future.result() for future in futures]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            work.stop()
            raise
