"""Findings about advisories on locked packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.urls import redacted
from interlock_hooks.types import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interlock.audit.osv import Advisory
    from interlock_hooks.types import IgnoredAdvisory


def vulnerable(advisory: Advisory, requirers: Sequence[str], environments: Sequence[str]) -> Finding:
    """IL581: there is an advisory on a locked version of a package."""
    names = f" ({', '.join(advisory.aliases)})" if advisory.aliases else ""
    fixed = f"in {advisory.fixed[0]}" if advisory.fixed else "in no version that is known"
    ignore = "ignore it for a time, and say why: `ignore` in [tool.interlock.audit]"
    update = f"`interlock env update {advisory.name}`, or `env upgrade` where the manifest bounds it; or " + ignore
    return Finding(
        code="IL581",
        what=f"{advisory.name} {advisory.version} has {advisory.id}{names}: {advisory.summary or 'no summary'}",
        why=f"{', '.join(requirers)} {'requires' if len(requirers) == 1 else 'require'} it; it is fixed {fixed}",
        fix=update if advisory.fixed else ignore,
        details=(f"locked for {', '.join(environments)}",),
    )


def ignored_advisory(advisory: Advisory, entry: IgnoredAdvisory) -> Finding:
    """IL583: an advisory that the manifest ignores."""
    return Finding(
        code="IL583",
        severity=Severity.NOTE,
        what=f"{advisory.name} {advisory.version} has {advisory.id}, which the manifest ignores"
        + (f" until {entry.until}" if entry.until else ""),
        why=entry.reason,
        where=entry.where,
    )


def useless_ignore(entry: IgnoredAdvisory, why: str) -> Finding:
    """IL584: an entry that ignores nothing, since its day is over or no locked package has the advisory."""
    return Finding(
        code="IL584",
        severity=Severity.WARNING,
        what=f"the entry for {entry.id} in `ignore` has no effect",
        why=why,
        where=entry.where,
        fix="remove it, or look at the advisory again and set another day",
    )


def no_advisories_known(place: str, why: str, *, asked: bool) -> Finding:
    """IL582: the database of advisories could not be asked, so nothing is known of the packages."""
    fix = "check the network, or name a copy of the database with `--database PATH`"
    return Finding(
        code="IL582",
        what=f"the advisories of {redacted(place)} cannot be read, so the packages were not checked",
        why=redacted(why),
        fix=fix if asked else "name a zip archive or a directory of advisories in the OSV format",
    )
