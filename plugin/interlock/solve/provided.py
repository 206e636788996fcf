"""The Python distributions that conda records supply: names by the rules, versions from the records or their files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import unquote

from packaging.utils import NormalizedName, canonicalize_name

from interlock.core.site_metadata import Held, version_of
from interlock.solve.names import PURL, depends_on_python
from interlock_hooks.types import CondaRecord, CondaSpec, MappedNames, NameOrigin, ProvidedDistribution


def only_files_tell(record: CondaRecord, mapped: MappedNames | None) -> bool:
    """Whether nothing but the files of a record says what it supplies, or may: the manifest can turn all else off."""
    return depends_on_python(record) and (mapped is None or mapped.origin.rule == "off")


def files_tell_versions(record: CondaRecord, mapped: MappedNames) -> bool:
    """Whether a record supplies several distributions, so that its version can be that of one of them only."""
    return (
        depends_on_python(record)
        and len(mapped.names) > 1
        and any(_purl_version(record, name) is None for name in mapped.names)
    )


def files_may_tell(records: Sequence[CondaRecord], mapped: Sequence[MappedNames | None]) -> list[CondaRecord]:
    """The records of which no rule says anything and that do not depend on python, but on something that does.

    Only some of them hold distributions: metapackages do not, and neither do most libraries.
    """
    silent = [record for record, names in zip(records, mapped, strict=True) if names and names.origin.rule == "none"]
    if not silent:
        return []
    above = {record.name for record in records if depends_on_python(record)}
    needs = {record.name: {CondaSpec(spec=text).name for text in record.depends} for record in records}
    while more := {name for name, needed in needs.items() if name not in above and needed & above}:
        above |= more
    return [record for record in silent if record.name in above]


def supplied(record: CondaRecord, mapped: MappedNames | None, held: Held | None) -> tuple[ProvidedDistribution, ...]:
    """The distributions of one record; ``held`` is what its files say, if they were asked.

    The version is the one in the record's purl, else in its files, else the record's own. What has none that means
    something to PyPI is left out.
    """
    if held is not None and (mapped is None or mapped.origin.rule in ("off", "none")):
        origin = NameOrigin(rule="files")
        return tuple(_distribution(record, name, held[name], origin) for name in sorted(held))
    if mapped is None:
        return ()
    names = mapped.names
    if held and mapped.origin.rule in ("published", "snapshot"):
        # These unite all builds that ever were; the files are those of this one.
        names = tuple(name for name in names if name in held) or names
    versions = {name: _purl_version(record, name) or (held or {}).get(name) or pypi_version(record) for name in names}
    return tuple(_distribution(record, name, version, mapped.origin) for name, version in versions.items() if version)


def chosen_distributions(found: Iterable[ProvidedDistribution]) -> tuple[ProvidedDistribution, ...]:
    """One of each name, by name.

    If several records supply one distribution (``pytorch`` and its metapackage ``pytorch-cpu``), the one whose files
    have it counts, then the one of the same name, else the first in link order, which the others depend on.
    """
    chosen: dict[NormalizedName, ProvidedDistribution] = {}
    for entry in found:
        if entry.name not in chosen or _weight(entry) > _weight(chosen[entry.name]):
            chosen[entry.name] = entry
    return tuple(chosen[name] for name in sorted(chosen))


def pypi_version(record: CondaRecord) -> str | None:
    """The version of a record as PyPI writes it, ``None`` if it means nothing there."""
    # Conda versions may not hold a dash, so `1.0-rc1` is written `1.0_rc1`.
    return version_of(record.version)


def _weight(entry: ProvidedDistribution) -> tuple[bool, bool]:
    return entry.rule == "files", canonicalize_name(entry.record) == entry.name


def _distribution(record: CondaRecord, name: NormalizedName, version: str, origin: NameOrigin) -> ProvidedDistribution:
    return ProvidedDistribution(name=name, version=version, record=record.name, rule=origin.rule, source=origin.source)


def _purl_version(record: CondaRecord, name: NormalizedName) -> str | None:
    for purl in map(PURL.match, record.purls or ()):
        if purl and purl["version"] and canonicalize_name(unquote(purl["name"])) == name:
            return unquote(purl["version"])
    return None
