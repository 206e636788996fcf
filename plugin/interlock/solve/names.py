"""The rules for the PyPI names of a conda record: first those of the manifest, then those that are known without it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from packaging.utils import NormalizedName, canonicalize_name

from interlock.core.channels import channel_address, channels_of, is_conda_forge, is_mirror
from interlock.core.urls import redacted
from interlock_hooks.types import (
    EVERY_CHANNEL,
    ChannelNames,
    CondaRecord,
    CondaSpec,
    EnvironmentRequest,
    InterlockError,
    MappedNames,
    Missing,
    NameOrigin,
)

if TYPE_CHECKING:
    from interlock.solve.maps import KnownMap

PURL = re.compile(r"pkg:pypi/(?P<name>[^@?#]+)(?:@(?P<version>[^?#]+))?")
PublishedMap = Callable[[], "KnownMap"]


def channel_settings(channel: str, entries: Sequence[ChannelNames]) -> ChannelNames | None:
    """What the manifest says about a channel: the entry with its address, else one with its name, else for all."""
    if not entries:
        return None
    exact = (entry for entry in entries if channel_address(entry.channel) == channel_address(channel))
    named = (entry for entry in entries if is_mirror(channel, entry.channel))
    every = (entry for entry in entries if entry.channel == EVERY_CHANNEL)
    return next((entry for group in (exact, named, every) for entry in group), None)


def manifest_names(record: CondaRecord, request: EnvironmentRequest) -> MappedNames | None:
    """What the manifest's ``conda-pypi-map`` says of a record; ``None`` if it leaves that to others.

    Raises :class:`~interlock_hooks.types.InterlockError` (IL241, IL242) when a map at an address cannot be had.
    """
    settings = channel_settings(record.channel, request.pypi_names)
    if settings is None:
        return None
    if settings.off:
        return MappedNames(origin=NameOrigin(rule="off", where=settings.where))
    if record.name in settings.inline:
        return settings.inline[record.name]
    names = _listed(record.name, settings)
    if names is None:
        return None
    source = redacted(settings.location or "")
    return MappedNames(names=names, origin=NameOrigin(rule="map", source=source, where=settings.where))


def located(origin: NameOrigin, record: CondaRecord, request: EnvironmentRequest) -> NameOrigin:
    """The rule with the line of the manifest that it is, if it is one; a lock does not hold it."""
    settings = channel_settings(record.channel, request.pypi_names)
    if settings is None or origin.rule not in ("inline", "map", "off"):
        return origin
    entry = settings.inline.get(record.name)
    return replace(origin, where=entry.origin.where if entry and origin.rule == "inline" else settings.where)


def default_names(
    record: CondaRecord, request: EnvironmentRequest, published: PublishedMap | None = None
) -> MappedNames | None:
    """What is known of a record without the manifest's map; ``None``: only its files can tell.

    What the record itself says (``purls``) comes first. Records from conda-forge are looked up in its ``published``
    map, by default that of today, or without PyPI requirements the copy that comes with Interlock. If they are newer
    than it, a package that depends on python is taken to supply the distribution of its own name. Nothing is assumed
    about packages of other channels, unless the manifest says so.
    """
    settings = channel_settings(record.channel, request.pypi_names)
    forge = is_conda_forge(record.channel)
    if settings is None or not settings.replace:
        if record.purls is not None:
            return MappedNames(names=purl_names(record), origin=NameOrigin(rule="purl"))
        if forge and (found := _published(record, published or _known_map(request))) is not None:
            return found
    if not depends_on_python(record):
        return MappedNames(origin=NameOrigin(rule="none"))
    allowed = forge if settings is None or settings.same_name is None else settings.same_name
    own = MappedNames(names=(canonicalize_name(record.name),), origin=NameOrigin(rule="same-name"))
    return own if allowed else None


def purl_names(record: CondaRecord) -> tuple[NormalizedName, ...]:
    """The PyPI names in a record's purls."""
    return names_in_purls(record.purls or ())


def names_in_purls(purls: Iterable[str]) -> tuple[NormalizedName, ...]:
    """The PyPI names among the purls of a package."""
    found = (PURL.match(purl) for purl in purls)
    return tuple(dict.fromkeys(canonicalize_name(unquote(purl["name"])) for purl in found if purl))


def depends_on_python(record: CondaRecord) -> bool:
    """Whether a record can hold Python distributions at all."""
    if record.name == "python":
        return False
    return record.noarch == "python" or any(map(_is_about_python, record.depends))


# Thousands of records depend on the same.
@cache
def _is_about_python(spec: str) -> bool:
    # Of most specs it can be seen at once that they name something else.
    return "python" in spec.lower() and CondaSpec(spec=spec).name in ("python", "python_abi")


def conda_names(name: NormalizedName, request: EnvironmentRequest, published: PublishedMap | None = None) -> list[str]:
    """The conda packages that may supply a distribution, by what is known without their records; likely ones first."""
    return list(dict.fromkeys(_conda_names(name, request, published)))


def _conda_names(name: NormalizedName, request: EnvironmentRequest, published: PublishedMap | None) -> Iterator[str]:
    yield from (name, name.replace("-", "_"))
    for entry in request.pypi_names:
        yield from sorted(conda for conda, mapped in entry.inline.items() if name in mapped.names)
        yield from sorted(conda for conda, names in entry.listed.items() if name in names)
        if (remote := _remote(entry)) is not None:
            yield from remote.conda_names(name)
    if any(is_conda_forge(channel) for channel in channels_of(request)):
        yield from (published or _known_map(request))().conda_names(name)


def remote_maps(records: Iterable[CondaRecord], request: EnvironmentRequest) -> list[KnownMap]:
    """The maps at addresses that speak of the channels of these records."""
    channels = dict.fromkeys(record.channel for record in records)
    settings = (channel_settings(channel, request.pypi_names) for channel in channels)
    maps = (_remote(entry) for entry in settings if entry is not None)
    return [known for known in maps if known is not None]


def absent_maps(request: EnvironmentRequest) -> list[Missing]:
    """The maps at addresses of the manifest that no cache has, while the network is switched off."""
    return [each for entry in request.pypi_names for each in _absent(entry)]


def _absent(settings: ChannelNames) -> tuple[Missing, ...]:
    try:
        _remote(settings)
    except InterlockError as error:
        return error.findings[0].missing
    return ()


def _listed(conda: str, settings: ChannelNames) -> tuple[NormalizedName, ...] | None:
    remote = _remote(settings)
    return settings.listed.get(conda) if remote is None else remote.get(conda)


def _remote(settings: ChannelNames) -> KnownMap | None:
    if settings.location is None or settings.sha256 is not None or "://" not in settings.location:
        return None
    from interlock.solve.maps import map_at

    return map_at(settings.location)


def _published(record: CondaRecord, published: PublishedMap) -> MappedNames | None:
    known = published()
    names = known.get(record.name)
    if names is None:
        return None
    # The map unites all builds that ever were, also one of ansible that had pip inside. Of several names, those that
    # have a conda package of their own are not this package's.
    own = [name for name in names if name == record.name or name not in (known.get(name) or ())]
    return MappedNames(names=tuple(own) if len(names) > 1 else names, origin=known.origin)


def _known_map(request: EnvironmentRequest) -> PublishedMap:
    from interlock.solve import maps

    # Without anything from PyPI names do not decide what is installed: not worth a request.
    return maps.conda_forge_map if request.requirements else maps.snapshot
