"""Advisories in the OSV format, and which versions of a package they are about.

Source: the OSV schema (https://ossf.github.io/osv-schema/), of which the ecosystem PyPI is read. Versions are compared
as PEP 440 says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import InvalidVersion, Version

ECOSYSTEM = "PyPI"
_START = "0"  # stands for a version before all others


@dataclass(frozen=True, slots=True, kw_only=True)
class Advisory:
    """What is known to be wrong with one version of a package.

    ``aliases`` are other names of the same, ``fixed`` the versions after this one that do not have it any more, oldest
    first.
    """

    id: str
    name: NormalizedName
    version: str
    aliases: tuple[str, ...] = ()
    summary: str = ""
    fixed: tuple[str, ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        """All names of it."""
        return frozenset((self.id, *self.aliases))


def packages_in(record: Mapping[str, Any]) -> frozenset[NormalizedName]:
    """The packages of PyPI that a record is about. Raises :class:`ValueError` for what is no record."""
    return frozenset(name for name, _ in _affected(record))


def advisories_on(records: Iterable[Mapping[str, Any]], name: NormalizedName, version: str) -> tuple[Advisory, ...]:
    """What ``records`` say of one version of a package, each thing once, whatever it is called.

    Records that were withdrawn say nothing. Raises :class:`ValueError` for what is no record.
    """
    found: list[Advisory] = []
    for record in sorted(records, key=lambda record: str(record.get("id"))):
        if record.get("withdrawn"):
            continue
        entries = [entry for affected, entry in _affected(record) if affected == name]
        if not any(_is_affected(entry, version) for entry in entries):
            continue
        fixed = sorted({each for entry in entries for each in _fixed(entry, version)}, key=Version)
        found.append(
            Advisory(
                id=record["id"],
                name=name,
                version=version,
                aliases=tuple(_texts(record.get("aliases"))),
                summary=_summary(record),
                fixed=tuple(fixed),
            )
        )
    return tuple(_merged(found))


def _affected(record: Mapping[str, Any]) -> Iterator[tuple[NormalizedName, Mapping[str, Any]]]:
    if not isinstance(record, Mapping) or not isinstance(record.get("id"), str):
        raise ValueError("it is no OSV record: it has no id")
    for entry in record.get("affected") or ():
        package = entry.get("package") if isinstance(entry, Mapping) else None
        if not isinstance(package, Mapping):
            continue  # some are about a repository alone
        # An ecosystem may have a suffix, `PyPI:...`.
        if str(package.get("ecosystem")).partition(":")[0] == ECOSYSTEM and isinstance(package.get("name"), str):
            yield canonicalize_name(package["name"]), entry


def _is_affected(entry: Mapping[str, Any], version: str) -> bool:
    listed = _texts(entry.get("versions"))
    if version in listed:
        return True
    own = _parsed(version)
    if own is None:
        return False
    return any(_parsed(each) == own for each in listed) or any(_is_within(events, own) for events in _ranges(entry))


def _is_within(events: list[Mapping[str, Any]], version: Version) -> bool:
    """Whether a version is in a range, by its events in the order of their versions."""
    within = False
    for kind, at in _ordered(events):
        if kind == "introduced" and (at is None or version >= at):
            within = True
        elif at is not None and ((kind == "fixed" and version >= at) or (kind == "last_affected" and version > at)):
            within = False
    limits = [at for kind, at in _ordered(events) if kind == "limit"]
    return within and (not limits or any(at is None or version < at for at in limits))


def _ordered(events: list[Mapping[str, Any]]) -> list[tuple[str, Version | None]]:
    """Kinds and versions of events, oldest first; at one version it is introduced before anything ends it.

    ``None`` stands before all versions, or for the limit ``*`` after all.
    """
    found: list[tuple[str, Version | None]] = []
    for event in events:
        for kind, text in event.items():
            if text in (_START, "*"):
                found.append((kind, None))
            elif (at := _parsed(str(text))) is not None:
                found.append((kind, at))
    return sorted(found, key=lambda each: (each[1] is not None, each[1] or Version("0"), each[0] != "introduced"))


def _fixed(entry: Mapping[str, Any], version: str) -> Iterator[str]:
    own = _parsed(version)
    for events in _ranges(entry):
        for kind, at in _ordered(events):
            if kind == "fixed" and at is not None and own is not None and at > own:
                yield str(at)


def _ranges(entry: Mapping[str, Any]) -> Iterator[list[Mapping[str, Any]]]:
    """The events of the ranges of versions; those of commits say nothing of a release."""
    for each in entry.get("ranges") or ():
        if isinstance(each, Mapping) and each.get("type") in ("ECOSYSTEM", "SEMVER"):
            yield [event for event in each.get("events") or () if isinstance(event, Mapping)]


def _merged(found: Iterable[Advisory]) -> Iterator[Advisory]:
    """Advisories of several databases on the same thing as one, under the name that comes first."""
    groups: list[list[Advisory]] = []
    for advisory in found:
        same = [group for group in groups if any(advisory.ids & each.ids for each in group)]
        groups = [group for group in groups if group not in same]
        groups.append([*(each for group in same for each in group), advisory])
    for group in sorted(groups, key=lambda group: group[0].id):
        first = group[0]
        names = sorted({name for each in group for name in each.ids} - {first.id})
        fixed = sorted({version for each in group for version in each.fixed}, key=Version)
        summary = next((each.summary for each in group if each.summary), "")
        yield Advisory(
            id=first.id,
            name=first.name,
            version=first.version,
            aliases=tuple(names),
            summary=summary,
            fixed=tuple(fixed),
        )


def _summary(record: Mapping[str, Any]) -> str:
    """The summary, or the first line of what is told at length."""
    text = record.get("summary") or record.get("details") or ""
    return next((line.strip("# \t") for line in str(text).splitlines() if line.strip("# \t")), "")


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _parsed(text: str) -> Version | None:
    """The version without its local part: a build of a release has what the release has."""
    try:
        return Version(Version(text).public)
    except InvalidVersion:
        return None
