"""The metadata of wheels on servers, read without downloading them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from interlock.core.archives import open_zip
from interlock.engines.http import HASTY, PoliteAdapter, open_session
from interlock.engines.http_file import open_remote
from interlock.engines.python.wheels import metadata_files, parse_metadata, the_metadata

if TYPE_CHECKING:
    from packaging.metadata import RawMetadata


@contextmanager
def reading_metadata() -> Iterator[Callable[[str], RawMetadata]]:
    """A function that gives the core metadata of the wheel at an address; several threads may call it.

    It asks for the metadata alone (PEP 658), else for the part of the wheel that holds it. It raises :class:`OSError`,
    of which the exceptions of requests are, :class:`ValueError` and :class:`zipfile.BadZipFile`.
    """
    with open_session(PoliteAdapter(patience=HASTY)) as session:

        def read(url: str) -> RawMetadata:
            response = session.get(f"{url}.metadata")
            if response.ok:
                return parse_metadata(response.content)
            with open_remote(url, session) as remote:
                if remote is None:
                    raise OSError("the server sends whole files only")
                with open_zip(remote) as archive:
                    texts = metadata_files(archive)
            return the_metadata(texts, url.rpartition("/")[2])

        yield read
