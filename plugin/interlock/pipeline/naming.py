"""The PyPI distributions that conda records supply: by the manifest, the plugins, the known maps, and their files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from interlock.core.channels import is_conda_forge
from interlock.core.offline import is_offline
from interlock.solve.held import held_distributions
from interlock.solve.names import conda_names, default_names, manifest_names, names_in_purls, remote_maps
from interlock.solve.provided import (
    chosen_distributions,
    files_may_tell,
    files_tell_versions,
    only_files_tell,
    supplied,
)
from interlock.solve.request import make_conda_request
from interlock_hooks.types import CondaRecord, FindingReported, InterlockError, MappedNames, NameOrigin

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from interlock.core.site_metadata import Held
    from interlock.plugins.manager import Plugins
    from interlock_hooks.types import EnvironmentRequest, ProvidedDistribution


def declared_suppliers(
    names: frozenset[NormalizedName], channels: Iterable[str], platform: str
) -> Iterator[tuple[NormalizedName, str]]:
    """The conda packages that, as the channels themselves declare it, supply some of these names."""
    from interlock.engines.rattler.candidates import declared_purls

    # What conda-forge's packages supply is in its published map.
    for channel in channels:
        purls = {} if is_conda_forge(channel) else declared_purls(channel, platform)
        for package, texts in purls.items():
            for name in names.intersection(names_in_purls(texts)):
                yield name, package


@dataclass(frozen=True, slots=True)
class NamedRecord:
    """A conda record, the distributions that it supplies, possibly none, and the rule that says so."""

    record: CondaRecord
    supplies: tuple[ProvidedDistribution, ...]
    origin: NameOrigin


def provided_distributions(
    records: Iterable[CondaRecord], request: EnvironmentRequest, plugins: Plugins
) -> tuple[ProvidedDistribution, ...]:
    """The distributions that a solution supplies, by name. Raises :class:`InterlockError` like :func:`name_records`."""
    named = name_records(tuple(records), request, plugins)
    return chosen_distributions(entry for each in named for entry in each.supplies)


def known_distributions(
    records: Iterable[CondaRecord], request: EnvironmentRequest, plugins: Plugins
) -> tuple[ProvidedDistribution, ...]:
    """What a solution supplies as far as that can be told without looking into packages."""
    named = (names_without_files(record, request, plugins) or () for record in records)
    return chosen_distributions(entry for supplies in named for entry in supplies)


def name_records(
    records: Sequence[CondaRecord], request: EnvironmentRequest, plugins: Plugins
) -> tuple[NamedRecord, ...]:
    """What each record supplies, and by which rule; the order stays.

    The first rule that has an answer decides: the manifest's ``conda-pypi-map``, plugins, the record's purls,
    conda-forge's map, its name, and for those of which nothing is known, their files. So what conda installs is never
    taken to be absent, whatever channel it comes from.

    Raises :class:`InterlockError`: IL241 or IL242 when a map at an address cannot be had, IL244 when a package cannot
    be looked into.
    """
    for known in remote_maps(records, request):
        if known.finding is not None:
            plugins.event(FindingReported(finding=known.finding))
    mapped = [(record, _mapped(record, request, plugins)) for record in records]
    held = held_distributions([record for record, names in mapped if only_files_tell(record, names)])
    # Where these cannot be looked into now, installing finds out.
    held |= _held_if_possible(files_may_tell(records, [names for _, names in mapped]))
    # These are named; where they cannot be looked into now, the version of the record has to do.
    held |= _held_if_possible([record for record, names in mapped if names and files_tell_versions(record, names)])
    named = []
    for record, names in mapped:
        found = supplied(record, names, held.get(record.name))
        named.append(NamedRecord(record, found, _origin(names, found)))
    return tuple(named)


def channel_suppliers(name: str, request: EnvironmentRequest, plugins: Plugins) -> tuple[NamedRecord, ...]:
    """The newest conda packages, of the channels of a request, that may have or supply a distribution of that name.

    Raises :class:`InterlockError` as reading channels and :func:`name_records` do.
    """
    from interlock.engines.rattler.candidates import query

    channels = make_conda_request(request, plugins.conda_request(request), ()).channels
    names = list(dict.fromkeys((name.lower(), *conda_names(canonicalize_name(name), request))))
    newest: dict[str, CondaRecord] = {}
    for record in query(channels, request.platform, names, channel_priority=request.channel_priority):
        newest.setdefault(record.name, record)
    return name_records([newest[each] for each in names if each in newest], request, plugins)


def _held_if_possible(records: Sequence[CondaRecord]) -> dict[str, Held]:
    """What packages hold as far as that can be found out now; with the network switched off, of each that is cached."""
    found: dict[str, Held] = {}
    for together in [[record] for record in records] if is_offline() else [records]:
        with suppress(InterlockError):
            found |= held_distributions(together)
    return found


def names_without_files(
    record: CondaRecord, request: EnvironmentRequest, plugins: Plugins
) -> tuple[ProvidedDistribution, ...] | None:
    """What a record supplies as far as that can be told without its files; ``None`` if only they tell."""
    mapped = _mapped(record, request, plugins)
    if only_files_tell(record, mapped):
        return None
    return supplied(record, mapped, None)


def _mapped(record: CondaRecord, request: EnvironmentRequest, plugins: Plugins) -> MappedNames | None:
    said = manifest_names(record, request)
    if said is not None:
        return said
    if plugins.only_builtin("interlock_pypi_names"):
        return default_names(record, request)
    names = plugins.pypi_names(record, request)
    if names is None:
        return None
    plugin = plugins.last_answer("interlock_pypi_names")
    if plugin is None:
        return default_names(record, request)
    normal = tuple(dict.fromkeys(canonicalize_name(name) for name in names))
    return MappedNames(names=normal, origin=NameOrigin(rule="plugin", source=plugin))


def _origin(names: MappedNames | None, found: Sequence[ProvidedDistribution]) -> NameOrigin:
    by_files = names is None or any(entry.rule == "files" for entry in found)
    return NameOrigin(rule="files") if names is None or by_files else names.origin
