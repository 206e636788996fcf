"""What uv's cache lacks for a resolution while the network is switched off."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import Version

from interlock.core.offline import is_offline
from interlock.core.pep508 import NEVER
from interlock.engines.uv_missing import missing_in
from interlock.resolve.uv.log import messages

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from packaging.utils import NormalizedName

    from interlock.engines.process import Completed
    from interlock_hooks.types import Missing, Resolution

_DIRECT = re.compile(r"`(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*) @ ")
_WARNED = "WARN "
_NONE = "DEBUG No compatible version found for: "


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


def passed_over(done: Completed, resolution: Resolution, page_of: Callable[[str], Completed]) -> list[Missing]:
    """What may have been chosen in place of the resolution that ``done`` led to, if it had been in the cache.

    uv does not say why it found no version of a package: ``page_of`` resolves nothing but a name.
    """
    if not is_offline():
        return []
    log = done.stderr.splitlines()
    found = missing_in("\n".join(line for line in log if line.startswith(_WARNED)))
    for name in dict.fromkeys(line.removeprefix(_NONE) for line in log if line.startswith(_NONE)):
        found += missing_in("\n".join(messages(page_of(name).stderr)))
    return [each for each in found if _is_better(each, resolution)]


def _is_better(missing: Missing, resolution: Resolution) -> bool:
    chosen = resolution.get(canonicalize_name(missing.name))
    return chosen is None or bool(missing.version and Version(missing.version) > Version(chosen.version))
