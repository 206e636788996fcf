"""The Python distributions that conda records supply: names by the rules, versions from the records or their files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from urllib.parse import unquote

from packaging.utils import InvalidName, NormalizedName, canonicalize_name
from packaging.version import Version

from interlock.solve.names import PURL, depends_on_python
from interlock_hooks.types import CondaRecord, MappedNames, NameOrigin, ProvidedDistribution

# Directly in site-packages: what a package vendors below itself is not a distribution of the environment.
_METADATA = re.compile(
    r"(?:^|.*/)site-packages/(?P<stem>[^/]+)\.(?:dist-info/METADATA|egg-info/PKG-INFO|egg-info)", re.IGNORECASE
)
# Beside an older PKG-INFO, which has no requirements.
_REQUIRES = "requires.txt"
_EGG_PYTHON = re.compile(r"-py\d+\.\d+$")
Held = dict[NormalizedName, str]


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


def supplied(record: CondaRecord, mapped: MappedNames | None, held: Held | None) -> tuple[ProvidedDistribution, ...]:
    """The distributions of one record; ``held`` is what its files say, if they were asked.

    The version is the one in the record's purl, else in its files, else the record's own. What has none that means
    something to PyPI is left out.
    """
    if held is not None and (mapped is None or mapped.origin.rule == "off"):
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


def distributions_in_files(paths: Iterable[str]) -> Held:
    """The distributions whose metadata is among the files of a package, from the names of the metadata directories."""
    matches = (_METADATA.fullmatch(path.replace("\\", "/")) for path in paths)
    found = (_name_and_version(match["stem"]) for match in matches if match)
    return dict(sorted(pair for pair in found if pair is not None))


def metadata_files(name: NormalizedName, paths: Iterable[str]) -> list[str]:
    """Those of a package's files that say what a distribution requires; none if it has no metadata."""
    every = list(paths)
    for path in every:
        match = _METADATA.fullmatch(path.replace("\\", "/"))
        found = _name_and_version(match["stem"]) if match else None
        if found is not None and found[0] == name:
            beside = f"{path.rpartition('/')[0]}/{_REQUIRES}"
            return [path, beside] if beside in every and not path.endswith("METADATA") else [path]
    return []


def pypi_version(record: CondaRecord) -> str | None:
    """The version of a record as PyPI writes it, ``None`` if it means nothing there."""
    # Conda versions may not hold a dash, so `1.0-rc1` is written `1.0_rc1`.
    return _version(record.version)


def _weight(entry: ProvidedDistribution) -> tuple[bool, bool]:
    return entry.rule == "files", canonicalize_name(entry.record) == entry.name


def _distribution(record: CondaRecord, name: NormalizedName, version: str, origin: NameOrigin) -> ProvidedDistribution:
    return ProvidedDistribution(name=name, version=version, record=record.name, rule=origin.rule, source=origin.source)


def _purl_version(record: CondaRecord, name: NormalizedName) -> str | None:
    for purl in map(PURL.match, record.purls or ()):
        if purl and purl["version"] and canonicalize_name(unquote(purl["name"])) == name:
            return unquote(purl["version"])
    return None


@cache
def _version(text: str) -> str | None:
    try:
        return str(Version(text.replace("_", "-")))
    except ValueError:
        return None


def _name_and_version(stem: str) -> tuple[NormalizedName, str] | None:
    name, _, text = _EGG_PYTHON.sub("", stem).partition("-")
    version = _version(text)
    try:
        return None if version is None else (canonicalize_name(name, validate=True), version)
    except InvalidName:
        return None
