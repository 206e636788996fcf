"""The trace of a build: what its Python processes looked for, wrote elsewhere, and reached out to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from interlock.core.urls import split_url
from interlock.engines.python.distributions import installed_versions
from interlock.engines.python.modules import module_owners, owner_of

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

VARIABLE = "INTERLOCK_TRACE"
WRITABLE_VARIABLE = "INTERLOCK_WRITABLE"
TRACE_HOOK = Path(__file__).with_name("_trace_hook.py")


@dataclass(frozen=True, slots=True)
class Missing:
    """A module that was looked for and not there; ``importer`` is the file that wanted it."""

    module: str
    importer: str


@dataclass(frozen=True, slots=True)
class Trace:
    """What one build did, in the order of the first time.

    ``asked`` are distributions, looked up by name; ``written`` are paths outside of the build's own directories that it
    began to write, ``reached`` addresses that it began to ask, whether or not it came to an end.
    """

    imported: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()
    asked: tuple[NormalizedName, ...] = ()
    written: tuple[Path, ...] = ()
    reached: tuple[str, ...] = ()


def read_trace(file: Path) -> Trace:
    """The trace that a build has written so far; an empty one if it wrote none."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return Trace()
    imported: dict[str, None] = {}
    missing: dict[str, Missing] = {}
    asked: dict[NormalizedName, None] = {}
    deeds: dict[str, dict[str, None]] = {"wrote": {}, "reached": {}, "connected": {}}
    for line in lines:
        kind, _, rest = line.partition(" ")
        if kind == "import" and rest:
            imported.setdefault(rest)
        elif kind == "asked" and rest:
            asked.setdefault(canonicalize_name(rest))
        elif kind == "missing":
            module, _, importer = rest.partition(" ")
            missing.setdefault(module, Missing(module, importer))
        elif kind in deeds:
            deeds[kind].setdefault(rest)
    return Trace(
        tuple(imported),
        tuple(missing.values()),
        tuple(asked),
        written=tuple(Path(path) for path in deeds["wrote"]),
        # A connection says less than the request that it was made for.
        reached=tuple(dict.fromkeys(_public(address) for address in deeds["reached"] or deeds["connected"])),
    )


def _public(address: str) -> str:
    """An address without what may be secret in it: user, password, query."""
    parts = split_url(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def imported_distributions(trace: Trace, site_packages: Sequence[Path]) -> tuple[NormalizedName, ...]:
    """The distributions in ``site_packages`` (first one first) that were imported or looked up, sorted."""
    owners = module_owners(site_packages)
    found = (owner_of(module, owners) for module in trace.imported)
    looked_up = set(trace.asked) - set(absent_distributions(trace, site_packages))
    return tuple(sorted({name for name in found if name is not None} | looked_up))


def absent_distributions(trace: Trace, site_packages: Sequence[Path]) -> tuple[NormalizedName, ...]:
    """The distributions that were looked up and are not in ``site_packages``."""
    installed = installed_versions(site_packages)
    return tuple(name for name in trace.asked if name not in installed)
