"""Who asks for the files of private indexes and repositories.

The lock has addresses without users and passwords. Those that the manifest, the variables of the user and a keyring
have for an index count for all files on its server, for uv and for Interlock's own client, as long as a block works for
them. Which ones these are is a context variable, so that what fetches a file need not be told for which index. uv is
told in its settings alone: other users see its arguments, and the builds that it starts its variables. git is told in
variables, since it passes the addresses of repositories on as arguments.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from interlock.core.offline import is_offline
from interlock.core.urls import split_url, without_credentials
from interlock.engines.environ import allowed_environment

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from interlock_hooks.types import Index

_indexes: ContextVar[tuple[Index, ...]] = ContextVar("indexes", default=())
_texts: ContextVar[tuple[str, ...]] = ContextVar("texts", default=())
_REPOSITORY = re.compile(r"git\+(?P<scheme>https?)://(?P<login>[^/\s?#]+)@(?P<host>[^/\s?#@]+)(?P<path>/[^\s?#@;]*)?")
_PORTS = {"http": 80, "https": 443}
# What a keyring has to know to find the secrets of the user.
_OF_KEYRINGS = ("DBUS_SESSION_BUS_ADDRESS", "PYTHON_KEYRING_BACKEND")


@contextmanager
def logged_in(indexes: Sequence[Index], texts: Iterable[str] = ()) -> Iterator[None]:
    """Within the block, files on the servers of ``indexes`` are asked for with the credentials of these.

    So are the repositories that requirements in ``texts`` name, and others on their servers, such as submodules.
    """
    token, told = _indexes.set(tuple(indexes)), _texts.set(tuple(texts))
    try:
        yield
    finally:
        _indexes.reset(token)
        _texts.reset(told)


def git_variables() -> dict[str, str]:
    """The variables by which git knows who asks for repositories over HTTP (``GIT_CONFIG_COUNT``, git 2.31)."""
    found = [match for text in _texts.get() for match in _REPOSITORY.finditer(text)]
    # Of what git knows of an address, the entry that tells most counts, but only if others come after it.
    headers: dict[str, str] = {}
    for whole in (True, False):
        for match in found:
            user, _, password = match["login"].partition(":")
            login = base64.b64encode(f"{unquote(user)}:{unquote(password)}".encode()).decode()
            place = f"{match['scheme']}://{match['host']}{(match['path'] or '/') if whole else '/'}"
            headers.setdefault(place, f"Authorization: Basic {login}")
    variables = {"GIT_CONFIG_COUNT": str(len(headers))} if headers else {}
    for number, (place, header) in enumerate(headers.items()):
        variables |= {f"GIT_CONFIG_KEY_{number}": f"http.{place}.extraHeader", f"GIT_CONFIG_VALUE_{number}": header}
    return variables


def with_login(index: Index) -> str:
    """The address of an index, with the user and the password for it as far as they are known."""
    parts = split_url(index.url)
    user, password = _login(index, parts)
    if not user and not password:
        return index.url
    login = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    return parts._replace(netloc=f"{login}@{parts.netloc.rpartition('@')[2]}").geturl()


def login_urls() -> list[str]:
    """The addresses of the indexes with a user or a password, and these in them."""
    return [url for url in dict.fromkeys(map(with_login, _indexes.get())) if "@" in split_url(url).netloc]


def login_for(url: str) -> tuple[str, str] | None:
    """The user and the password for a file; ``None`` if its server is that of no index that has a password."""
    place = _server(split_url(url))
    for index in _indexes.get():
        parts = split_url(index.url)
        if _server(parts) == place:
            user, password = _login(index, parts)
            if password:
                return user, password
    return None


def _keyring() -> str | None:
    """The user's program, if it may be asked: those of clouds ask a server themselves."""
    wanted = os.environ.get("UV_KEYRING_PROVIDER") == "subprocess" and not is_offline()
    return shutil.which("keyring") if wanted else None


def _of_keyrings() -> dict[str, str]:
    return {name: os.environ[name] for name in _OF_KEYRINGS if name in os.environ}


@cache
def _said_by_keyring(program: str, place: str, user: str) -> str | None:
    """A password; a keyring may ask the user, so that each is asked for once."""
    from interlock.engines.process import run

    done = run([program, "get", place, user], env={**allowed_environment(), **_of_keyrings()})
    return done.stdout.removesuffix("\n") or None if done.returncode == 0 else None


def _login(index: Index, parts: SplitResult) -> tuple[str, str]:
    """The user and the password for an index; empty where they are not known, or it is on no server."""
    if parts.scheme not in _PORTS:
        return "", ""
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if index.name:
        variables = re.sub(r"[^A-Z0-9]", "_", f"UV_INDEX_{index.name.upper()}")
        user = user or os.environ.get(f"{variables}_USERNAME", "")
        password = password or os.environ.get(f"{variables}_PASSWORD", "")
    # As uv asks: by the address, then by the host.
    program = None if password or not user else _keyring()
    if program is not None:
        places = (without_credentials(index.url), parts.netloc.rpartition("@")[2])
        said = (_said_by_keyring(program, place, user) for place in places)
        password = next(filter(None, said), "")
    return user, password


def _server(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)
