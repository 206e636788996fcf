"""Indexing a local channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rattler.exceptions import IoError
from rattler.index import index_fs

from interlock.engines.rattler.runtime import run

if TYPE_CHECKING:
    from pathlib import Path


def index_channel(directory: Path, *, force: bool) -> None:
    """Write the repodata of a channel's directory; ``force`` makes it anew instead of adding to what is there.

    Raises :class:`OSError` when the directory cannot be read or written.
    """
    try:
        run(index_fs(directory, force=force))
    except IoError as error:
        raise OSError(str(error)) from error
