"""Long work inside of a command of conda: shown, and ended with it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from conda.base.context import context

from interlock.cli.listener import showing_progress
from interlock.cli.output import Output
from interlock.cli.signals import heed_signals
from interlock.core.offline import network_off
from interlock.engines.work import end_all
from interlock.hosts.conda.errors import condas_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from interlock.cli.listener import Listener


@contextmanager
def working() -> Iterator[tuple[Output, Listener]]:
    """Show progress while the block runs, end what it has started if it is interrupted, and raise conda's errors."""
    output = Output("conda env create", quiet=context.quiet or context.json, verbose=context.verbosity)
    heed_signals()
    offline = network_off(context.offline, output.command, by="offline in conda's settings")
    with offline, condas_errors(), showing_progress(output) as listener:
        try:
            yield output, listener
        except KeyboardInterrupt:
            end_all()
            raise
