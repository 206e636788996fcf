"""Running a program part on many odd inputs: how many, and what counts as a failure."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings

from interlock_hooks.types import InterlockError

_T = TypeVar("_T", bound=Callable[..., Any])
# An input that takes so long hangs the command: all of them take some milliseconds.
_LONGEST_SECONDS = 30

_COMMON = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "print_blob": True,
}
# How many inputs all tests together run: always the same ones in CI, new ones with `make fuzz`.
settings.register_profile("ci", max_examples=1_500, derandomize=True, database=None, **_COMMON)
settings.register_profile("fuzz", max_examples=100_000, **_COMMON)


def share(part: float) -> Callable[[_T], _T]:
    """Run a property on this part of all inputs of the profile that ``FUZZ_PROFILE`` names, ``ci`` by default.

    The parts of all properties in ``tests/fuzz/`` add up to 1.
    """
    profile = settings.get_profile(os.environ.get("FUZZ_PROFILE", "ci"))
    return settings(profile, max_examples=max(1, round(profile.max_examples * part)))


def told(error: InterlockError, *codes: str) -> None:
    """Fail unless every finding of an error says something, and has a code that begins with one of these."""
    for finding in error.findings:
        assert finding.code.startswith(codes), finding
        assert finding.what, finding


@contextmanager
def no_hang() -> Iterator[None]:
    """Fail where the block does not end within half a minute."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"it takes more than {_LONGEST_SECONDS} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(_LONGEST_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
