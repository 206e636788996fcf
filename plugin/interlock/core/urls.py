"""URLs: local paths, what can be fetched, and how to show them without secrets."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

_NEARBY = 2  # steps upwards before a relative path is harder to read than a complete one
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")  # a single letter is a Windows drive
# Where a distribution can be fetched from; git takes its scheme after ``git+``.
_FILES = ("http", "https", "file")
_REPOSITORIES = ("git+https", "git+http", "git+ssh", "git+file")
_ARCHIVES = (
    *(".whl", ".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz", ".tar.xz", ".txz"),
    *(".tar.zst", ".tar.lz", ".tlz", ".tar.lzma"),
)
_AUTHORITY = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/\s?#]*)@")
_GIT_LOGIN = re.compile(r"(git\+https?://)[^/\s?#]*@", re.IGNORECASE)
_CONDA_TOKEN = re.compile(r"(://[^/\s]+)/t/[^/\s]+(?=/)")
_ANY_TOKEN = re.compile(r"(?<=/t/)[^/\s]+")  # hidden also where it may be a name
_TOKEN_IN_URL = re.compile(r"(://[^/\s]+/(?:[^\s'\"]*?/)?t/)[^/\s'\")]+")
# What comes before is only looked at: it is also the end of another one.
_SECRET_QUERY = re.compile(
    r"(?<=[?&])((?:token|access_token|auth_token|api_key|apikey|password|secret)=)[^&#\s]*(&?)", re.IGNORECASE
)
_TO_PATH = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://[^/?#]*/)([^?#]*)")
_DANGLING_QUERY = re.compile(r"[?&](?=#|\s|$)")


def split_url(text: str) -> SplitResult:
    """The parts of a URL; any other text is all path, where :func:`urllib.parse.urlsplit` would raise."""
    try:
        return urlsplit(text)
    except ValueError:
        return SplitResult("", "", text, "", "")


def file_path(url: str) -> Path | None:
    """The path that a ``file:`` URL names, ``None`` for every other URL and for a path."""
    return Path(unquote(split_url(url).path)) if url[:5].lower() == "file:" else None


def local_path(place: str, root: Path | None = None) -> Path:
    """The path that a ``file:`` URL names; anything else is taken for a path already, relative to ``root``."""
    return (root or Path()) / (file_path(place) or place)


def without_dots(url: str) -> str:
    """A URL without the segments ``.`` and ``..`` in its path, so that one address has one spelling (RFC 3986, 5.2.4).

    Any other text stays as it is.
    """
    found = _TO_PATH.match(url)
    if found is None:
        return url
    head, segments = found[1], found[2].split("/")
    kept: list[str] = []
    for segment in map(_unquoted_dots, segments):
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if _unquoted_dots(segments[-1]) in (".", ".."):
        kept.append("")  # it names a directory
    return head + "/".join(kept) + url[found.end() :]


def _unquoted_dots(segment: str) -> str:
    plain = unquote(segment)
    return plain if plain in (".", "..") else segment


def shown(url: str) -> str:
    """A URL for a message: a local one as a path, from the current directory if it lies there or nearby."""
    path = file_path(url)
    if path is None:
        return redacted(url)
    relative = os.path.relpath(path)
    if Path(relative).parts.count("..") > _NEARBY:
        return str(path)
    return relative if relative.startswith(".") else f"./{relative}"


def scheme_of(text: str) -> str | None:
    """The scheme of a URL in lower case; ``None`` for a path."""
    match = _SCHEME.match(text)
    return match[1].lower() if match else None


def is_remote(place: str) -> bool:
    """Whether a URL or path is on a server that is asked over HTTP."""
    return scheme_of(place) in ("http", "https")


def check_fetchable(url: str) -> None:
    """Raise :class:`ValueError` with the reason when no distribution or repository can be fetched from a URL."""
    scheme = scheme_of(url)
    if scheme not in (*_FILES, *_REPOSITORIES):
        fix = f" write git+{scheme}:" if f"git+{scheme}" in _REPOSITORIES else ""
        known = ", ".join(f"{each}:" for each in (*_FILES, *_REPOSITORIES))
        raise ValueError(f"{scheme or url!r} is not a scheme that packages can have;{fix or f' use one of {known}'}")
    check_address(url)
    path = unquote(split_url(url).path)
    if scheme in ("http", "https") and not is_archive(path):
        raise ValueError("it is neither a wheel (.whl) nor an archive (.tar.gz, .zip); write git+ for a repository")


def is_archive(path: str) -> bool:
    """Whether a path names a wheel or the archive of a source tree."""
    return path.lower().endswith(_ARCHIVES)


def check_address(url: str) -> None:
    """Raise :class:`ValueError` with the reason when a URL has no host, a port that is not a number, or a NUL."""
    parts = urlsplit(url)
    if "\0" in unquote(url):
        raise ValueError("it has a NUL character")
    try:
        port = parts.port
    except ValueError:
        raise ValueError("its port is not a number") from None
    if not parts.hostname and (port or not parts.scheme.endswith("file")):
        raise ValueError("it has no host")


def redacted(text: str) -> str:
    """``text`` with passwords and tokens in URLs replaced by stars."""
    text = _ANY_TOKEN.sub("***", _AUTHORITY.sub(r"\1://***@", text))
    return _SECRET_QUERY.sub(r"\1***\2", text)


def discreet(text: str) -> str:
    """Any text, with passwords and tokens of the URLs in it replaced by stars; paths and what ssh asks for stay."""
    if "://" not in text:
        return text
    text = _TOKEN_IN_URL.sub(r"\1***", _AUTHORITY.sub(_starred_authority, text))
    return _SECRET_QUERY.sub(r"\1***\2", text)


def without_credentials(text: str) -> str:
    """The text without what its URLs say about who asks: user and password, tokens in a conda path or in a query.

    The user name of an ssh URL stays: it is part of the address.
    """
    if "://" not in text:
        return text
    text = _AUTHORITY.sub(_public_authority, text)
    text = _CONDA_TOKEN.sub(r"\1", text)
    if not _SECRET_QUERY.search(text):
        return text
    return _DANGLING_QUERY.sub("", _SECRET_QUERY.sub("", text))


def without_git_login(text: str) -> str:
    """A requirement without the user and the password for its repository, if that is asked for over HTTP."""
    return _GIT_LOGIN.sub(r"\1", text)


def without_password(url: str) -> str:
    """A URL as it may stand in a lock file or a message; a user name alone stays (``ssh://git@…``)."""
    parts = split_url(url)
    if parts.password is None:
        return url
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _starred_authority(found: re.Match[str]) -> str:
    is_name_for_ssh = found[1].lower().endswith("ssh") and ":" not in found[2]
    return found[0] if is_name_for_ssh else f"{found[1]}://***@"


def _public_authority(found: re.Match[str]) -> str:
    scheme, user = found[1], found[2].split(":")[0]
    return f"{scheme}://{user}@" if scheme.lower().endswith("ssh") and user else f"{scheme}://"
