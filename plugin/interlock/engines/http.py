"""HTTP as all of Interlock speaks it: how long to wait, when to ask again, and what a failure is.

Proxies, private authorities and ``.netrc`` are taken from where requests looks for them; the credentials of indexes are
those of :mod:`interlock.engines.logins`. While the network is switched
off, every request fails here, and caches in front of it still answer. conda's packages and repodata
are fetched by rattler, and PyPI's by uv, in their own ways.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth
from requests.utils import get_auth_from_url, get_netrc_auth
from urllib3.exceptions import HTTPError, InvalidHeader
from urllib3.util import Retry

from interlock import __version__
from interlock.core.offline import is_offline, switched_off
from interlock.core.patience import http_retries, silence_seconds
from interlock.core.urls import redacted
from interlock.engines.logins import login_for
from interlock.engines.network_reasons import in_words

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

_CHUNK = 1 << 18
_LONGEST_WAIT = 30  # seconds, whatever a server asks for with Retry-After
_BUSY = (429, 500, 502, 503, 504)  # statuses that may be others in a moment
# What requests and urllib3 raise; names that cannot be encoded for the domain name system are plain errors.
FAILURES = (requests.RequestException, HTTPError, OSError, UnicodeError)


class RequestFailedError(Exception):
    """Nothing came of a request; the text says why, without passwords."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a connection and for the next bytes, in seconds, and how often to ask again.

    A host that does not even answer is asked again at most twice.
    """

    connect: float
    read: float
    retries: int


# For what there is no way around, and for what could be done without or has been fetched before.
PATIENT = Patience(connect=10, read=60, retries=4)
HASTY = Patience(connect=2, read=15, retries=0)


def _as_chosen(patience: Patience) -> Patience:
    """The limits as the user wants them; who is in haste never waits for longer than that."""
    seconds, retries = silence_seconds(), http_retries()
    if seconds is not None:
        read = seconds if patience.retries else min(seconds, patience.read)
        patience = replace(patience, read=read, connect=min(patience.connect, read))
    return patience if retries is None else replace(patience, retries=min(retries, patience.retries))


def _log_in(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Give the user and the password of the address, of an index, or of ``.netrc``, the first that there is."""
    url = request.url or ""
    own = get_auth_from_url(url)
    login = own if any(own) else login_for(url) or get_netrc_auth(url)
    return request if login is None else HTTPBasicAuth(*login)(request)


class PoliteAdapter(HTTPAdapter):
    """Sends requests with limits of time, and again as a :class:`Patience` says."""

    def __init__(self, *, patience: Patience = PATIENT) -> None:
        patience = _as_chosen(patience)
        few = min(patience.retries, 2)
        retries = _Retry(
            patience.retries,
            connect=few,
            read=few,
            status_forcelist=_BUSY,
            backoff_factor=0.3,
            # The last answer says more than that there were too many of its kind.
            raise_on_status=False,
        )
        self._limits = (patience.connect, patience.read)
        super().__init__(max_retries=retries)

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        """Send a request; one that sets no limits has those of the adapter.

        None is sent while the network is switched off.
        """
        if is_offline():
            raise requests.ConnectionError(switched_off())
        return super().send(request, stream, timeout or self._limits, verify, cert, proxies)


class _Retry(Retry):
    """Asks again when a server is busy, not before it wants to be asked but after half a minute at most."""

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        try:
            seconds = super().get_retry_after(response)
        except InvalidHeader:
            return None
        return None if seconds is None else min(seconds, _LONGEST_WAIT)


def open_session(adapter: HTTPAdapter | None = None) -> requests.Session:
    """A session whose requests go through ``adapter``, by default a patient one."""
    session = requests.Session()
    session.headers["User-Agent"] = f"interlock/{__version__}"
    session.auth = _log_in
    # What uv and rattler take; requests has variables of its own, which come first.
    session.verify = os.environ.get("SSL_CERT_FILE") or True
    for scheme in ("https://", "http://"):
        session.mount(scheme, adapter or PoliteAdapter())
    return session


def chunks(url: str, patience: Patience = PATIENT) -> Iterator[bytes]:
    """The bytes at an address as the server has them, piece by piece. Raises :class:`RequestFailedError`.

    Where a connection breaks in the middle, it goes on from there.
    """
    with open_session(PoliteAdapter(patience=patience)) as session:
        yield from _rest(_Transfer(url), session, _as_chosen(patience).retries)


def json_at(url: str, question: Any = None) -> Any:
    """The object (JSON) that a server has at an address, or its answer to a ``question`` that is posted as JSON.

    Raises :class:`RequestFailedError`, also for what is no JSON object.
    """
    try:
        with open_session() as session:
            response = session.get(url) if question is None else session.post(url, json=question)
            response.raise_for_status()
            found = response.json()
    except FAILURES as error:
        raise RequestFailedError(reason(error)) from error
    if not isinstance(found, dict):
        raise RequestFailedError("the answer is no JSON object")
    return found


def page_at(url: str, accept: str) -> tuple[str, str]:
    """The type and the text of what a server has at an address, in a form that is accepted (media types of HTTP).

    Raises :class:`RequestFailedError`.
    """
    try:
        with open_session() as session:
            response = session.get(url, headers={"Accept": accept})
            response.raise_for_status()
            return response.headers.get("Content-Type", ""), response.text
    except FAILURES as error:
        raise RequestFailedError(reason(error)) from error


def answers(url: str) -> str | None:
    """Why there is no server at an address; ``None`` if one answers, whatever it says."""
    try:
        with open_session(PoliteAdapter(patience=HASTY)) as session:
            session.get(url, stream=True).close()
    except FAILURES as error:
        return reason(error)
    return None


def exists(url: str) -> bool:
    """Whether a server has something at an address and shows it to everybody."""
    try:
        with open_session(PoliteAdapter(patience=HASTY)) as session, session.get(url, stream=True) as response:
            return response.ok
    except FAILURES:
        return False


def reason(error: BaseException) -> str:
    """The innermost reason: what requests wraps around it repeats addresses and says ``Max retries exceeded``."""
    inner = error
    while isinstance(found := getattr(inner, "reason", None) or next(iter(inner.args), None), BaseException):
        inner = found
    said = inner.args[0] if inner.args and isinstance(inner.args[0], str) else str(inner)
    return in_words(said) or redacted(said.rpartition(">: ")[2] or type(inner).__name__)


def _rest(transfer: _Transfer, session: requests.Session, retries: int) -> Iterator[bytes]:
    try:
        yield from transfer.rest(session)
    except FAILURES as error:
        # Before the first byte the adapter has tried often enough.
        if not retries or not transfer.received:
            raise RequestFailedError(reason(error)) from error
        yield from _rest(transfer, session, retries - 1)


class _Transfer:
    """One file on its way, and how much of it is here."""

    def __init__(self, url: str) -> None:
        self.received = 0
        self._url = url
        self._version: tuple[str | None, ...] | None = None

    def rest(self, session: requests.Session) -> Iterator[bytes]:
        # Bytes as they are: a .tar.gz that a server calls gzip-encoded must not be unpacked on its way.
        headers = {"Accept-Encoding": "identity"}
        if self.received:
            headers["Range"] = f"bytes={self.received}-"
        with session.get(self._url, headers=headers, stream=True) as response:
            response.raise_for_status()
            self._require_same(response)
            skip = 0 if response.status_code == requests.codes.partial else self.received
            for piece in response.raw.stream(_CHUNK, decode_content=False):
                kept, skip = piece[skip:], max(0, skip - len(piece))
                self.received += len(kept)
                yield kept

    def _require_same(self, response: requests.Response) -> None:
        version = tuple(response.headers.get(name) for name in ("ETag", "Last-Modified"))
        if self._version not in (None, version):
            raise OSError("the file changed on the server while it was fetched")
        self._version = version
