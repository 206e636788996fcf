"""Which PyPI distributions conda packages supply, what the manifest says about it, and which rule decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from packaging.utils import NormalizedName

from interlock_hooks.types.findings import Location

NameRule = Literal["inline", "map", "off", "plugin", "purl", "published", "snapshot", "same-name", "files", "none"]
EVERY_CHANNEL = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class NameOrigin:
    """The rule that decided which PyPI names a conda package has.

    ``inline`` and ``map`` are entries of the manifest's ``conda-pypi-map`` (a map is a file or an address), ``off`` is
    its ``false``; ``plugin`` is the hook; ``purl`` the record's own statement; ``published`` conda-forge's map and
    ``snapshot`` the copy of it that comes with Interlock; ``same-name`` a guess; ``files`` what the package holds;
    ``none`` that nothing speaks of it and it does not depend on python.

    ``source`` is the plugin's name, or the file or address of the manifest's map; ``where`` the line of the manifest.
    """

    rule: NameRule
    source: str = ""
    where: Location | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedNames:
    """The PyPI names of the distributions that a conda package supplies, possibly none, and the rule that says so."""

    names: tuple[NormalizedName, ...] = ()
    origin: NameOrigin


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelNames:
    """What the manifest's ``conda-pypi-map`` says about the records of one channel.

    ``channel`` is a name or absolute URL, or :data:`EVERY_CHANNEL`. ``inline`` entries win over those of the map at
    ``location``: an absolute path, whose content is in ``listed`` with its ``sha256``, or an address that is only read
    when names are needed. ``replace`` says that nothing else is looked up, ``off`` that nothing is. ``same_name`` says
    whether a package may be taken to supply the distribution of its name (``None``: on conda-forge only).
    """

    channel: str
    inline: Mapping[str, MappedNames] = field(default_factory=dict)
    location: str | None = None
    listed: Mapping[str, tuple[NormalizedName, ...]] = field(default_factory=dict)
    sha256: str | None = None
    replace: bool = False
    same_name: bool | None = None
    off: bool = False
    where: Location | None = None
