"""Work that other programs do, several pieces at a time."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from functools import partial
from typing import TypeVar

from interlock.engines.work import Work, current

# What waits for a server cannot be ended. It can start nothing any more, and nobody waits for it any longer than this.
_PATIENCE_SECONDS = 2
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


def in_order(function: Callable[[_Item], _Result], items: Sequence[_Item], *, workers: int) -> Generator[_Result]:
    """The results of ``function`` for each item, in order, as soon as there are; up to ``workers`` calls run at a time.

    They begin in the order of the items. What is raised does not depend on how long calls take: a failure ends at once
    what comes after it, and is raised when everything before it is done. An interrupt ends everything, and so does
    closing the iterator. With one item, or one worker, each call happens here when its result is asked for.
    """
    if min(workers, len(items)) < 2:
        yield from map(function, items)
        return
    everything = Work(current())
    works = [Work(everything) for _ in items]
    pool = ThreadPoolExecutor(min(workers, len(items)))
    futures = [pool.submit(work.within(function), item) for work, item in zip(works, items, strict=True)]
    try:
        for position, future in enumerate(futures, 1):
            future.add_done_callback(partial(_stop_after_failure, futures[position:], works[position:]))
        for future in futures:
            yield future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        everything.stop()
        wait([future for future in futures if not future.cancelled()], timeout=_PATIENCE_SECONDS)


def _stop_after_failure(later: Sequence[Future[_Result]], works: Sequence[Work], done: Future[_Result]) -> None:
    """Stop what comes after a call that failed."""
    if done.cancelled() or done.exception() is None:
        return
    # First all of these: the thread of one that is stopped would begin with the next.
    for future in later:
        future.cancel()
    for work in works:
        work.stop()
