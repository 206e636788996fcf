"""Being told to stop, however: what was started has to end with the command."""

from __future__ import annotations

import signal


def heed_signals() -> None:
    """Let the signals that end a program raise :class:`KeyboardInterrupt`, as Ctrl-C does.

    Builds run in sessions of their own, so that only we can end them.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        # What is ignored stays ignored: that is how nohup works.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
