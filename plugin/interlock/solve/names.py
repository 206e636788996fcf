"""Which PyPI distributions conda packages supply."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from urllib.parse import unquote, urlsplit

from packaging.utils import InvalidName, NormalizedName, canonicalize_name
from packaging.version import InvalidVersion, Version

from interlock_hooks.types import CondaRecord, CondaSolution, EnvironmentRequest, ProvidedDistribution

_PURL = re.compile(r"pkg:pypi/(?P<name>[^@?#]+)(?:@(?P<version>[^?#]+))?")
_MAP = "conda-forge-pypi-map.json.gz"
# Directly in site-packages: what a package vendors below itself is not a distribution of the environment.
_METADATA = re.compile(
    r"(?:^|.*/)site-packages/(?P<stem>[^/]+)\.(?:dist-info/METADATA|egg-info/PKG-INFO|egg-info)", re.IGNORECASE
)
_EGG_PYTHON = re.compile(r"-py\d+\.\d+$")


def pypi_names(record: CondaRecord) -> list[str] | None:
    """The PyPI names of the distributions that a conda record supplies; ``None`` if nothing is known about it.

    What the record itself says (``purls``) comes first. Records from conda-forge, or a mirror whose address ends in
    that name, are looked up in the published map; if they are newer than it, a package that depends on python is taken
    to supply the distribution of its own name. Nothing is assumed about packages of other channels: their files say it
    once they are linked, see :func:`distributions_in_files`.
    """
    if record.purls is not None:
        found = (_PURL.match(purl) for purl in record.purls)
        return list(dict.fromkeys(canonicalize_name(unquote(purl["name"])) for purl in found if purl))
    if not _from_conda_forge(record.channel):
        return None
    known = _conda_forge_map()
    if record.name in known:
        return _plausible(record.name, known)
    return [canonicalize_name(record.name)] if _depends_on_python(record) else []


def provided_distributions(
    records: Iterable[CondaRecord],
    names: Callable[[CondaRecord], Sequence[str] | None],
    overrides: Mapping[str, Sequence[NormalizedName]] | None = None,
) -> tuple[ProvidedDistribution, ...]:
    """The distributions that a solution supplies, by name.

    ``names`` is asked for each record unless ``overrides`` (the manifest's conda-pypi-map) has its name. The version is
    the one in the record's purl, else the record's own; records whose version means nothing to PyPI are left out. If
    several records supply one distribution (``pytorch`` and its metapackage ``pytorch-cpu``), the one of the same name
    counts, else the first in link order, which is what the others depend on.
    """
    chosen: dict[NormalizedName, ProvidedDistribution] = {}
    for record in records:
        mapped = (overrides or {}).get(record.name)
        supplied = (names(record) or ()) if mapped is None else mapped
        for name in map(canonicalize_name, supplied):
            version = _version(record, name)
            if version is None or (name in chosen and canonicalize_name(record.name) != name):
                continue
            chosen[name] = ProvidedDistribution(name=name, version=version, record=record.name)
    return tuple(chosen[name] for name in sorted(chosen))


def unmapped_distributions(
    conda: CondaSolution,
    names: Callable[[CondaRecord], Sequence[str] | None],
    request: EnvironmentRequest,
    *,
    known: Iterable[ProvidedDistribution] = (),
) -> tuple[ProvidedDistribution, ...]:
    """The distributions of records about which nothing is known (channels without purls), so that none is replaced.

    Their own files say it: the solution is linked into the cache and looked into. Only records that depend on python
    can hold any, so most solutions cost nothing. ``known`` ones are left out.
    """
    python = [record for record in conda.records if record.name != "python" and _depends_on_python(record)]
    silent = [record.name for record in python if record.name not in request.pypi_names and names(record) is None]
    if not silent:
        return ()
    from interlock.engines.rattler.cached_prefix import linked_prefix
    from interlock.engines.rattler.prefix_records import record_files

    listed = record_files(linked_prefix(conda.records))
    taken = {entry.name for entry in known}
    found = [entry for name in silent for entry in distributions_in_files(listed.get(name, ()), name)]
    return tuple({entry.name: entry for entry in found if entry.name not in taken}.values())


def distributions_in_files(paths: Iterable[str], record: str = "") -> list[ProvidedDistribution]:
    """The distributions whose metadata is among the files of a package, from the names of the metadata directories.

    ``record`` is the name of the conda package that the files belong to.
    """
    found: dict[NormalizedName, ProvidedDistribution] = {}
    for path in paths:
        match = _METADATA.fullmatch(path.replace("\\", "/"))
        parsed = _name_and_version(match["stem"]) if match else None
        if parsed is not None:
            found.setdefault(parsed[0], ProvidedDistribution(name=parsed[0], version=parsed[1], record=record))
    return [found[name] for name in sorted(found)]


def _from_conda_forge(channel: str) -> bool:
    path = urlsplit(channel).path if "://" in channel else channel
    return "conda-forge" in path.rstrip("/").split("/")


def _plausible(package: str, known: Mapping[str, list[str] | None]) -> list[str]:
    # The map unites all builds that ever were, also one of ansible that had pip inside. Of several names, those that
    # have a conda package of their own are not this package's.
    names = known[package] or []
    if len(names) > 1:
        names = [name for name in names if name == package or name not in (known.get(name) or ())]
    return [canonicalize_name(name) for name in names]


def _depends_on_python(record: CondaRecord) -> bool:
    return record.noarch == "python" or any(spec.split()[0] in {"python", "python_abi"} for spec in record.depends)


@cache
def _conda_forge_map() -> dict[str, list[str] | None]:
    from importlib.resources import files

    data = (files("interlock.solve") / "data" / _MAP).read_bytes()
    loaded: dict[str, list[str] | None] = json.loads(gzip.decompress(data))
    return loaded


def _version(record: CondaRecord, name: NormalizedName) -> str | None:
    for purl in map(_PURL.match, record.purls or ()):
        if purl and purl["version"] and canonicalize_name(unquote(purl["name"])) == name:
            return unquote(purl["version"])
    return _pypi_version(record.version)


def _pypi_version(text: str) -> str | None:
    # Conda versions may not hold a dash, so `1.0-rc1` is written `1.0_rc1`.
    try:
        return str(Version(text.replace("_", "-")))
    except InvalidVersion:
        return None


def _name_and_version(stem: str) -> tuple[NormalizedName, str] | None:
    name, _, version = _EGG_PYTHON.sub("", stem).partition("-")
    try:
        return canonicalize_name(name, validate=True), str(Version(version.replace("_", "-")))
    except (InvalidName, InvalidVersion):
        return None
