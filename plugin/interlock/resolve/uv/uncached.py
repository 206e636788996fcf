"""What uv's cache lacks for a resolution while the network is switched off."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import Version

from interlock.core.offline import is_offline
from interlock.core.pep508 import NEVER
from interlock.core.urls import redacted
from interlock.engines.uv_missing import missing_in
from interlock.resolve.uv.log import messages
from interlock_hooks.types import Missing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from packaging.utils import NormalizedName

    from interlock.engines.process import Completed
    from interlock_hooks.types import PyPIRequest, Resolution

_DIRECT = re.compile(r"`(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*) @ ")
_WARNED = "WARN "
_GIVEN_UP = re.compile(r"DEBUG No compatible version found for: (?P<name>[A-Za-z0-9._-]+)")
# It would be sent; uv says so as well where the network is switched off.
_PAGE = re.compile(r"DEBUG Sending fresh GET request for: (?P<url>\S+/(?P<name>[A-Za-z0-9._-]+)/)")


def lacking(done: Completed, again: Callable[[Sequence[str]], Completed]) -> list[Missing]:
    """All that is known to be missing for a resolution that ended as ``done``; nothing if it failed for another reason.

    uv ends at the first package of which it can use no version. So it is asked ``again`` with overrides that take out
    what is missing already, until it misses nothing more. What the missing packages themselves require, nobody knows.
    """
    found: dict[Missing, None] = {}
    out: set[NormalizedName] = set()
    while is_offline() and done.returncode:
        said = "\n".join(messages(done.stderr))
        missing = missing_in(said)
        names = {canonicalize_name(match["name"]) for match in _DIRECT.finditer(said)}
        names |= {canonicalize_name(each.name) for each in missing if each.kind in ("index-page", "metadata")}
        if not missing or names <= out:
            break
        found |= dict.fromkeys(missing)
        out |= names
        done = again([f"{name} ; {NEVER}" for name in sorted(out)])
    return list(found)


def unseen_alternatives(done: Completed, request: PyPIRequest, resolution: Resolution) -> list[Missing]:
    """What might have led ``done`` to another resolution, if it had been in the cache.

    These are versions, and pages of packages that were given up, or that were found on a later index. uv keeps nothing
    of pages that an index does not have; a version that was locked before is not in doubt for that.
    """
    if not is_offline():
        return []
    log = done.stderr.splitlines()
    versions = missing_in("\n".join(line for line in log if line.startswith(_WARNED)))
    found = [each for each in versions if _is_newer(each, resolution)]
    given_up = {canonicalize_name(match["name"]) for match in filter(None, map(_GIVEN_UP.match, log))}
    for match in filter(None, map(_PAGE.fullmatch, log)):
        name = canonicalize_name(match["name"])
        chosen = resolution.get(name)
        if name in given_up if chosen is None else (name, chosen.version) not in request.preferred:
            found.append(Missing(kind="index-page", name=name, url=redacted(match["url"])))
    return list(dict.fromkeys(found))


def _is_newer(missing: Missing, resolution: Resolution) -> bool:
    chosen = resolution.get(canonicalize_name(missing.name))
    return chosen is None or bool(missing.version and Version(missing.version) > Version(chosen.version))
