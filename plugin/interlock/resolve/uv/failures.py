"""What uv could not fetch or read while it resolved, in words of our own.

The forms of uv's sentences are not an API: tests hold them against the range of uv versions that Interlock depends on.
What is not understood stays in uv's words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from interlock.core.urls import redacted
from interlock.engines.network_reasons import in_words
from interlock.resolve.uv import findings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interlock_hooks.types import Finding, Location

_FETCHED = re.compile(
    r"^(?:cause: )?(?:Failed to fetch: |Network connectivity is disabled, .* in the cache for: )`?(?P<url>[^\s`]+)`?$"
)
_REPOSITORY = re.compile(r"^Failed to download and build `[^`]* @ git\+(?P<url>[^`]+)`$")
_GIT = "cause: Git operation failed"
_NO_INDEX = re.compile(r'Unsupported `Content-Type` "(?P<type>[^"]*)" for `(?P<url>[^`]+)`')
_DAMAGED = re.compile(r"^(?:cause: )?Failed to extract archive: (?P<name>.+)$")


def fetch_failure(text: Sequence[str], where: Location | None) -> Finding | None:
    """The finding for the message ``text`` of uv, if something could not be fetched or read.

    IL303 for an address that does not give what it should, IL311 for a file that is damaged.
    """
    lines = [line.strip() for line in text]
    if match := next(filter(None, map(_FETCHED.match, lines)), None):
        return findings.not_fetched(redacted(match["url"]), _reason(lines), where=where, text=text)
    if _GIT in lines and (match := _REPOSITORY.match(lines[0])):
        return findings.not_fetched(redacted(match["url"]), _reason(lines), where=where, text=text)
    if match := _NO_INDEX.search(" ".join(lines)):
        return findings.not_an_index(redacted(match["url"]), match["type"], text)
    if match := next(filter(None, map(_DAMAGED.match, lines)), None):
        return findings.damaged_archive(redacted(match["name"]), where=where, text=text)
    return None


def _reason(lines: Sequence[str]) -> str:
    """The innermost line that is understood, else the innermost one."""
    known = (words for line in reversed(lines) if (words := in_words(line)))
    return next(known, redacted(lines[-1].removeprefix("cause: ")))
