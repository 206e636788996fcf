"""Fetching small files that change now and then, with the cache semantics of HTTP (RFC 9111).

What a server calls fresh is not asked for again; what has become stale is asked for with its ``ETag``; and when the
server cannot be reached, what was fetched before is still of use (RFC 5861, ``stale-if-error``).
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate
from typing import TYPE_CHECKING

import requests
from cachecontrol import CacheControlAdapter
from cachecontrol.caches import FileCache
from cachecontrol.controller import CacheController
from cachecontrol.heuristics import BaseHeuristic

from interlock.core.paths import cache_dir
from interlock.engines.http import (
    FAILURES,
    HASTY,
    PATIENT,
    Patience,
    PoliteAdapter,
    RequestFailedError,
    open_session,
    reason,
)

if TYPE_CHECKING:
    from urllib3 import HTTPResponse

_FRESH_SECONDS = 3600  # of an answer that says nothing about how long it is good for
_ANY_AGE = {"Cache-Control": f"max-age={10 * 365 * 24 * 3600}"}


@dataclass(frozen=True, slots=True)
class Fetched:
    """The content at an address. ``failure`` is why it could not be asked for again, if what is here is an old copy."""

    content: bytes
    failure: str | None = None


def fetch(url: str, patience: Patience = PATIENT) -> Fetched:
    """What is at ``url`` now, or was when it was last reached. Raises :class:`RequestFailedError`.

    ``patience`` is for what was never fetched; nothing waits long for what is here already.
    """
    try:
        # With `forever` a stale entry without an ETag stays, for the time when there is no network.
        cache = FileCache(cache_dir() / "http", forever=True)
        held = cache.get(CacheController.cache_url(url)) is not None
    except FAILURES as error:
        raise RequestFailedError(reason(error)) from error
    adapter = _CachingAdapter(cache, heuristic=_FreshForAWhile(), patience=HASTY if held else patience)
    with open_session(adapter) as session:
        try:
            return Fetched(_get(session, url, {}))
        except FAILURES as error:
            why = reason(error)
            with suppress(*FAILURES):
                if held:
                    return Fetched(_get(session, url, _ANY_AGE), why)
            raise RequestFailedError(why) from error


def _get(session: requests.Session, url: str, headers: dict[str, str]) -> bytes:
    response = session.get(url, headers=headers)
    response.raise_for_status()
    return response.content


class _CachingAdapter(CacheControlAdapter, PoliteAdapter):
    """Looks into the cache before it sends a request."""


class _FreshForAWhile(BaseHeuristic):
    """Lets an answer count as fresh for an hour where the server says nothing about it."""

    def update_headers(self, response: HTTPResponse) -> dict[str, str]:
        said = "cache-control" in response.headers or "expires" in response.headers
        if said or response.status != requests.codes.ok:
            return {}
        now = response.headers.get("date") or formatdate(time.time(), usegmt=True)
        return {"date": now, "expires": formatdate(time.time() + _FRESH_SECONDS, usegmt=True)}

    def warning(self, response: HTTPResponse) -> str | None:  # noqa: ARG002 - the signature of the base class
        return None
