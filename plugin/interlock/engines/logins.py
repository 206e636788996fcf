"""Who asks for the files of private indexes.

The lock has addresses without users and passwords. Those that the manifest and the variables of the user have for an
index count for all files on its server, for uv and for Interlock's own client, as long as a block works for them. Which
ones these are is a context variable, so that what fetches a file need not be told for which index.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from interlock.core.offline import is_offline
from interlock.core.paths import cache_dir
from interlock.core.urls import split_url, without_credentials
from interlock.engines.environ import allowed_environment

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from interlock_hooks.types import Index

_indexes: ContextVar[tuple[Index, ...]] = ContextVar("indexes", default=())
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_PORTS = {"http": 80, "https": 443}
# What a keyring has to know to find the secrets of the user.
_OF_KEYRINGS = ("DBUS_SESSION_BUS_ADDRESS", "PYTHON_KEYRING_BACKEND")


@contextmanager
def logged_in(indexes: Sequence[Index]) -> Iterator[None]:
    """Within the block, files on the servers of ``indexes`` are asked for with the credentials of these."""
    token = _indexes.set(tuple(indexes))
    try:
        yield
    finally:
        _indexes.reset(token)


def name_for_uv(index: Index) -> str | None:
    """The name by which uv finds the variables with the credentials of an index; ``None`` if it has none like that."""
    return index.name if index.name is not None and _NAME.fullmatch(index.name) else None


def uv_indexes() -> list[dict[str, Any]]:
    """The indexes in uv's settings by which it knows credentials; explicit ones, where nothing is looked for."""
    found: dict[str, dict[str, Any]] = {}
    for number, index in enumerate(_indexes.get()):
        name = name_for_uv(index)
        if name or split_url(index.url).username:
            name = name or f"login-{number}"
            found.setdefault(name, {"name": name, "url": index.url, "explicit": True})
    return list(found.values())


def login_for(url: str) -> tuple[str, str] | None:
    """The user and the password for a file; ``None`` if its server is that of no index that has a password."""
    place = _server(split_url(url))
    for index in _indexes.get():
        parts = split_url(index.url)
        if _server(parts) == place and (found := _login(index, parts)):
            return found
    return None


def keyring_variables(path: str) -> dict[str, str]:
    """What uv needs for a keyring, where the user wants that (``UV_KEYRING_PROVIDER``); ``path`` is that of programs.

    uv looks for a program ``keyring`` there. The user's may be anywhere: it gets a directory of its own, so that no
    other program is found with it.
    """
    program = _keyring()
    if program is None:
        return {}
    return {"PATH": os.pathsep.join([path, str(_alone(program))]), **_of_keyrings()}


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


def _alone(program: str) -> Path:
    link = cache_dir() / "keyring" / "keyring"
    if not link.is_symlink() or link.readlink() != Path(program):
        link.parent.mkdir(parents=True, exist_ok=True)
        new = link.with_name(f"new-{os.getpid()}")
        new.unlink(missing_ok=True)
        new.symlink_to(program)
        new.replace(link)
    return link.parent


def _login(index: Index, parts: SplitResult) -> tuple[str, str] | None:
    if parts.username and parts.password:
        return unquote(parts.username), unquote(parts.password)
    variables = re.sub(r"[^A-Z0-9]", "_", f"UV_INDEX_{(index.name or '').upper()}")
    user, password = (os.environ.get(f"{variables}_{what}") for what in ("USERNAME", "PASSWORD"))
    if index.name and password:
        return (unquote(parts.username) if parts.username else user or ""), password
    # As uv asks: by the address, then by the host.
    program = _keyring() if parts.username else None
    if program is None or not parts.username:
        return None
    user = unquote(parts.username)
    places = (without_credentials(index.url), parts.netloc.rpartition("@")[2])
    said = (_said_by_keyring(program, place, user) for place in places)
    return next(((user, password) for password in said if password), None)


def _server(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)
