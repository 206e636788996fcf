"""The digest of what is asked of conda, and of its answer: `conda.asked` of a lock."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from interlock.core.urls import is_remote
from interlock.lock.digest import conda_digest

if TYPE_CHECKING:
    from interlock_hooks.types import CondaRecord, CondaRequest, EnvironmentRequest

# A match spec can also name a channel or a file in brackets, in more spellings than are told apart here.
_PLACE = re.compile(r"\[.*\b(channel|url)\b")


def asked_digest(asked: CondaRequest, records: Iterable[CondaRecord], request: EnvironmentRequest) -> str | None:
    """The digest of what is asked of conda for a request, and of the answer; ``None`` where that depends on more.

    What is in a channel on this machine changes without a new version, and which records are left out of an answer
    because only PyPI may supply what they do is up to maps of names.
    """
    specs = [spec.spec for spec in (*asked.specs, *asked.constraints)]
    places = (*asked.channels, *(spec.rpartition("::")[0] for spec in specs))
    if request.solve.only_from_pypi or any(map(_is_here, places)) or any(map(_PLACE.search, specs)):
        return None
    return conda_digest(asked, records, root=request.root)


def _is_here(channel: str) -> bool:
    return channel.startswith(("/", ".")) or ("://" in channel and not is_remote(channel))
