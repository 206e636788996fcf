"""Prebuilt wheels at any URL that fsspec knows: object stores, SSH, WebDAV, ..."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from interlock.builds.prebuilt.errors import UnlistedError
from interlock.builds.store.storage import open_storage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def names_in(url: str) -> list[str]:
    """The names at a URL. Raises :class:`UnlistedError`."""
    try:
        return open_storage(url).names("")
    except ImportError as error:
        raise UnlistedError(f"{error}; install interlock[store] and the package for this kind of address") from error
    except Exception as error:  # Every file system raises exceptions of its own.
        raise UnlistedError(f"{type(error).__name__}: {error}") from error


def read_from(url: str, most: int) -> bytes:
    """The content of a file with up to ``most`` bytes. Raises :class:`OSError`."""
    folder, _, name = url.rpartition("/")
    with _failing_as_files_do():
        return open_storage(folder).read(name, most=most)


def fetch_from(url: str, target: Path) -> None:
    """Copy the file at a URL to a local one. Raises :class:`OSError`."""
    folder, _, name = url.rpartition("/")
    with _failing_as_files_do():
        open_storage(folder).fetch(name, target)


@contextmanager
def _failing_as_files_do() -> Iterator[None]:
    try:
        yield
    except OSError:
        raise
    except Exception as error:  # As above.
        raise OSError(f"{type(error).__name__}: {error}") from error
