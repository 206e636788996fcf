"""Match specs and channels as conda writes them, in ``environment.yml`` and in spec files."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from interlock.core.channels import DEFAULT_CHANNEL, channel_address
from interlock.manifest import codes
from interlock.manifest.channels import read_channel
from interlock.manifest.model import Channel
from interlock.manifest.urls import is_url
from interlock_hooks.types.conda import CondaSpec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from interlock.manifest.table import Table

_ANACONDA = "https://repo.anaconda.com/pkgs"
_DEFAULTS = (f"{_ANACONDA}/main", f"{_ANACONDA}/r")
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_PACKAGE = re.compile(r"(?P<channel>[^#]+)/(?P<subdir>[^/#]+)/(?P<file>[^/#]+(?:\.conda|\.tar\.bz2))")
_HASH = re.compile(r"(?P<md5>[0-9a-f]{32})\Z|(?:sha256:)?(?P<sha256>[0-9a-f]{64})\Z")
_OF_ANACONDA = re.compile(r"(?:defaults|pkgs/(?P<part>\w+))::(?P<rest>\s*(?P<name>[\w.-]+).*)\Z", re.DOTALL)
_FIX = "write it like 'python', 'python=3.12' or 'python>=3.10,<3.13'; PyPI packages belong below 'pip:'"
_CANONICAL = re.compile(
    r"(?P<name>[^\s\[]+)(?: (?P<version>[^\s\[]+))?(?: (?P<build>[^\s\[]+))?(?:\[(?P<more>.*)\])?\Z", re.DOTALL
)
_SEVERAL = re.compile(r"build=\"[^\"]*\s")
_PACKAGE_URL = re.compile(r"[\[, ]url=\"(?P<channel>[^\"]+)/[^/\"]+/[^/\"]+\"")


def read_match_spec(table: Table, text: str, *keys: str | int) -> CondaSpec | None:
    """A match spec as conda reads it, which includes ``numpy=1.26=py312_0``; reports IL110 if it is not one."""
    from interlock.engines.rattler.matching import canonical_spec

    if _PACKAGE.match(text):
        return read_package(table, text, *keys)
    try:
        return CondaSpec(spec=_bracketed(canonical_spec(_with_address(text))), where=table.where(*keys))
    except ValueError as error:
        table.error(codes.BAD_SPEC, f"{text!r} is not a conda package specification", *keys, why=str(error), fix=_FIX)
        return None


def read_package(table: Table, text: str, *keys: str | int) -> CondaSpec | None:
    """Exactly one package, by its URL, which may end with its MD5 or SHA-256; reports IL110 if it is not one."""
    from interlock.engines.rattler.matching import canonical_spec

    place, _, digest = os.path.expandvars(text).partition("#")
    found, hashed = _PACKAGE.fullmatch(place), _HASH.match(digest)
    if found is None or not is_url(place) or (digest and hashed is None) or "'" in place:
        what, fix = f"{text!r} is not the URL of a conda package in a channel", "write https://HOST/CHANNEL/SUBDIR/FILE"
        table.error(codes.BAD_SPEC, what, *keys, fix=fix)
        return None
    name = found["file"].removesuffix(".conda").removesuffix(".tar.bz2").rpartition("-")[0].rpartition("-")[0]
    checks = "".join(f",{key}='{value}'" for key, value in (hashed.groupdict() if hashed else {}).items() if value)
    try:
        return CondaSpec(spec=_bracketed(canonical_spec(f"{name}[url='{place}'{checks}]")), where=table.where(*keys))
    except ValueError as error:
        table.error(codes.BAD_SPEC, f"{text!r} is not the URL of a conda package", *keys, why=str(error))
        return None


def read_channel_list(table: Table, key: str) -> list[Channel]:
    """The channels of a key, Interlock's own default last unless ``nodefaults`` or ``defaults`` is among them.

    ``defaults`` are Anaconda's channels. Variables are replaced, as in ``https://HOST/t/$TOKEN/CHANNEL``.
    """
    found: list[str] = []
    names = []
    for index, text in table.numbered_strings(key):
        names.append(text)
        if text == "defaults":
            found += _DEFAULTS
        elif text != "nodefaults" and (channel := _channel(table, text, key, index)):
            found.append(channel)
    if not {"defaults", "nodefaults"} & set(names):
        found.append(DEFAULT_CHANNEL)
    return [Channel(channel=channel) for channel in dict.fromkeys(found)]


def with_channels_of_packages(channels: Iterable[Channel], specs: Iterable[CondaSpec]) -> tuple[Channel, ...]:
    """The channels, then those of packages that are named by their URL."""
    found = {channel_address(channel.channel): channel for channel in channels}
    for spec in specs:
        if (package := _PACKAGE_URL.search(spec.spec)) is not None:
            found.setdefault(channel_address(package["channel"]), Channel(channel=package["channel"]))
    return tuple(found.values())


def _bracketed(spec: str) -> str:
    """The spec as the other dialects write it: what is not name and version in brackets.

    Raises :class:`ValueError` for one with more words than that.
    """
    found = _CANONICAL.match(spec)
    if found is None or _SEVERAL.search(spec):
        raise ValueError("it has more than a name, a version and a build")
    if not (found["build"] or found["more"]):
        return spec
    inner = [f"{key}='{found[key]}'" for key in ("version", "build") if found[key]]
    return f"{found['name']}[{','.join([*inner, *([found['more']] if found['more'] else [])])}]"


def _with_address(text: str) -> str:
    """The spec with the address of one of Anaconda's channels in place of the name that only conda knows."""
    found = _OF_ANACONDA.match(text)
    if found is None:
        return text
    part = found["part"] or ("r" if re.match(r"r\Z|r-|rstudio|mro-", found["name"]) else "main")
    return f"{_ANACONDA}/{part}::{found['rest']}"


def _channel(table: Table, text: str, *keys: str | int) -> str | None:
    unset = [name for found in _VARIABLE.finditer(text) if (name := found[1] or found[2]) not in os.environ]
    if unset:
        what = f"the channel {text!r} needs the variable {unset[0]}"
        table.error(codes.WRONG_VALUE, what, *keys, why="it is not set", fix=f"set {unset[0]} and run this again")
        return None
    named = os.path.expandvars(text)
    return read_channel(table, f"{_ANACONDA}/{named[5:]}" if named.startswith("pkgs/") else named, *keys)
