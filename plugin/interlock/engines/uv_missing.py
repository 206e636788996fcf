"""What uv says that its cache lacks while the network is switched off.

The forms of uv's sentences are not an API: tests hold them against the range of uv versions that Interlock depends on.
"""

from __future__ import annotations

import re

from packaging.utils import canonicalize_name

from interlock.core.urls import redacted
from interlock_hooks.types import Missing

_NAME = r"(?<![\w.-])(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)"
_PAGE = re.compile(rf"{_NAME} was not found in the cache")
_METADATA = re.compile(rf"{_NAME}==(?P<version>[^\s`]+)`? needs? to be downloaded from a registry")
_FILE = re.compile(r"data wasn't found in the cache(?: for)?: `?(?P<url>[^\s`]+)")
_REPOSITORY = re.compile(r"`(?P<name>\S+) @ git\+(?P<url>[^`]+)` .*Remote Git fetches are not allowed")


def missing_in(said: str) -> list[Missing]:
    """Everything that a message, or the log of the resolver, says is missing; each thing once."""
    text = re.sub(r"\s+", " ", said)
    found = [Missing(kind="index-page", name=canonicalize_name(match["name"])) for match in _PAGE.finditer(text)]
    found += [
        Missing(kind="metadata", name=canonicalize_name(match["name"]), version=match["version"])
        for match in _METADATA.finditer(text)
    ]
    found += [_file(match["url"]) for match in _FILE.finditer(text)]
    found += [
        Missing(kind="repository", name=canonicalize_name(match["name"]), url=redacted(match["url"]))
        for match in _REPOSITORY.finditer(text)
    ]
    return list(dict.fromkeys(found))


def _file(url: str) -> Missing:
    return Missing(kind="file", name=url.partition("#")[0].rstrip("/").rpartition("/")[2], url=redacted(url))
