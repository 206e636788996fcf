"""pixi's ``conda-pypi-map``: which PyPI names the conda packages of a channel supply."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.core.channels import channel_address
from interlock.core.urls import file_path, local_path, redacted, split_url
from interlock.manifest import codes
from interlock.manifest.channels import read_channel
from interlock.manifest.dialects.name_map_file import MapFile, pypi_names, read_map_file
from interlock.manifest.report import nearest
from interlock.manifest.urls import absolute, is_url
from interlock_hooks.types.names import EVERY_CHANNEL, ChannelNames, MappedNames, NameOrigin

if TYPE_CHECKING:
    from interlock.manifest.table import Table

_KEY = "conda-pypi-map"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_SETTINGS = ("location", "mapping", "mapping-mode", "same-name-heuristic")


@dataclass(frozen=True, slots=True)
class NameMap:
    """What the manifest says of each channel, and the files that were read for it."""

    channels: tuple[ChannelNames, ...] = ()
    files: tuple[Path, ...] = ()


def read_name_map(table: Table) -> NameMap:
    """The ``conda-pypi-map`` of a workspace table."""
    value = table.raw(_KEY)
    if value is None:
        return NameMap()
    if value is False:
        return NameMap((ChannelNames(channel=EVERY_CHANNEL, off=True, where=table.where(_KEY)),))
    if not isinstance(value, dict):
        table.wrong_type("a table or false", value, _KEY)
        return NameMap()
    channels = table.at(value, _KEY)
    if not value:
        return _empty(table)
    files: dict[str, MapFile] = {}
    found = [_channel(channels, name, files) for name in channels.entries()]
    known = tuple(channel for channel in found if channel is not None)
    _check_unique(channels, known)
    return NameMap(known, tuple(map(Path, files)))


def check_mapped_channels(table: Table, name_map: NameMap, channels: Iterable[str]) -> None:
    """Warn of maps for channels that no environment has, which are typing errors; ``channels`` are all there are."""
    used = list(dict.fromkeys(channels))
    addresses = {channel_address(channel) for channel in used}
    for entry in name_map.channels:
        if entry.channel == EVERY_CHANNEL or entry.where is None:
            continue
        mirrored = any(address.endswith(f"/{entry.channel}") for address in addresses)
        if channel_address(entry.channel) in addresses or mirrored:
            continue
        guess = nearest(entry.channel, used)
        table.report.warning(
            codes.MAPPED_CHANNEL,
            f"{_KEY} has an entry for the channel {entry.channel!r}, which the project does not use",
            entry.where,
            why=f"the channels are {', '.join(used)}",
            fix=f"did you mean {guess!r}?" if guess else "correct the name, or remove the entry",
        )


def _empty(table: Table) -> NameMap:
    table.warning(
        codes.EMPTY_MAP,
        f"an empty {_KEY} turns off conda-forge's published map",
        _KEY,
        why="pixi does the same, and advises against it",
        fix=f'write {_KEY} = {{ conda-forge = {{ mapping-mode = "replace" }} }}, or false to turn off all maps',
    )
    return NameMap((ChannelNames(channel="conda-forge", replace=True),))


def _channel(table: Table, name: str, files: dict[str, MapFile]) -> ChannelNames | None:
    value, where = table.raw(name), table.where(name)
    channel = read_channel(table, name, name)
    if channel is None:
        return None
    if value is False:
        return ChannelNames(channel=channel, off=True, where=where)
    if isinstance(value, str):
        location, content = _location(table, name, files)
        return ChannelNames(
            channel=channel, location=location, listed=content.names, sha256=content.sha256, where=where
        )
    if not isinstance(value, dict):
        table.wrong_type("a path, a URL, a table or false", value, name)
        return None
    entry = table.at(value, name)
    if not value:
        what = f"the entry of channel {name!r} is empty"
        table.error(codes.BAD_MAP, what, name, fix=f"set one of {', '.join(_SETTINGS)}, or write {name} = false")
    location, content = _location(entry, "location", files) if "location" in entry else (None, MapFile())
    inline = entry.table("mapping")
    found = ChannelNames(
        channel=channel,
        inline=_inline(inline) if inline else {},
        location=location,
        listed=content.names,
        sha256=content.sha256,
        replace=entry.choice("mapping-mode", ("overlay", "replace")) == "replace",
        same_name=entry.boolean("same-name-heuristic"),
        where=where,
    )
    entry.close()
    return found


def _inline(table: Table) -> dict[str, MappedNames]:
    found: dict[str, MappedNames] = {}
    for conda in table.entries():
        value = table.raw(conda)
        names = pypi_names(value)
        if names is not None:
            origin = NameOrigin(rule="inline", where=table.where(conda))
            found[conda.lower()] = MappedNames(names=names, origin=origin)
        elif isinstance(value, (str, list)):
            what = f"{value!r} is not a valid PyPI package name (PEP 508)"
            table.error(codes.BAD_NAMES, what, conda, fix="write a name, an array of names, or false")
        else:
            table.wrong_type("a PyPI name, an array of them, or false", value, conda)
    return found


def _location(table: Table, key: str, files: dict[str, MapFile]) -> tuple[str | None, MapFile]:
    """The absolute path or address of a map, with the content of a file."""
    text = table.string(key)
    if text is None:
        return None, MapFile()
    if is_url(text) and file_path(text) is None:
        _check_address(table, key, text)
        return text, MapFile()
    path = absolute(local_path(text), table.root)
    if str(path) not in files:
        files[str(path)] = read_map_file(path, table, key)
    return str(path), files[str(path)]


def _check_address(table: Table, key: str, text: str) -> None:
    parts = split_url(text)
    if parts.scheme not in ("http", "https"):
        what = f"a map cannot be read from {redacted(text)!r}"
        table.error(codes.BAD_MAP, what, key, why=f"{parts.scheme}: is not supported", fix="use https: or a path")
    elif parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        what = f"the map {redacted(text)!r} is downloaded without encryption"
        why = "anyone who can change the download decides which PyPI packages count as installed"
        table.warning(codes.PLAIN_HTTP, what, key, why=why, fix="use https:, or a file")


def _check_unique(table: Table, channels: Iterable[ChannelNames]) -> None:
    seen: dict[str, ChannelNames] = {}
    for entry in channels:
        first = seen.setdefault(channel_address(entry.channel), entry)
        if first is not entry:
            what = f"{_KEY} has two entries for the channel {first.channel!r}"
            table.report.error(
                codes.MAPPED_TWICE, what, entry.where, why=f"the first is at {first.where}", fix="keep one of them"
            )
