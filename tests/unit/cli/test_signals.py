from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from interlock.cli.signals import heed_signals


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_what_ends_a_program_interrupts_it() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    heed_signals()
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGTERM)
    # As under nohup.
    os.kill(os.getpid(), signal.SIGHUP)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
