"""Whether anything may be asked of a network: the one switch, which every boundary asks before it does."""

from __future__ import annotations

import os
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLE = "INTERLOCK_OFFLINE"
_OFF = ("", "0", "false", "no", "off")
# Not a context variable: threads that engines start by themselves have to see it as well.
_by = ""
_command = ""


@contextmanager
def network_off(chosen: bool, command: str, *, by: str = "--offline") -> Iterator[None]:
    """Within the block nothing is asked of a network if ``chosen``, in no thread; else the variable decides.

    ``command`` is the one that runs in the block, by its words, and ``by`` what the choice was made with.
    """
    global _by, _command
    before = _by, _command
    _by, _command = by if chosen else _by, command
    try:
        yield
    finally:
        _by, _command = before


def running_command() -> str:
    """The command that does without a network, in backquotes."""
    return f"`{_command}`" if _command else "this"


def is_offline() -> bool:
    """Whether the network is switched off, by ``--offline``, by conda's setting or by ``INTERLOCK_OFFLINE``.

    Files of this machine, also by a ``file:`` URL, are no network. HTTP is one, whatever the host: so it is for uv.
    """
    return bool(_by) or os.environ.get(VARIABLE, "").strip().lower() not in _OFF


def switched_off() -> str:
    """That the network is switched off, and by what, for messages."""
    return f"the network is switched off ({_by or VARIABLE})"
