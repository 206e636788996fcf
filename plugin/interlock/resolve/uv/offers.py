"""Distributions that conda could supply in several versions, as stub wheels among which uv may choose.

What conda alone may supply lies in a flat index that comes before all others: of a name that is in it, uv looks nowhere
else. What an index may supply as well is offered beside the indexes, as find-links.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.version import Version

from interlock.resolve.uv.pins import is_only_for_extra, known_metadata, pin_version, stub_wheel, stubs
from interlock_hooks.types import Metadata, ProvidedDistribution

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.utils import NormalizedName

    from interlock.engines.pylock import PylockPackage
    from interlock_hooks.types import PyPIRequest

_INDEX = "interlock-offered"


def write_offers(request: PyPIRequest, folder: Path, settings: dict[str, Any]) -> dict[str, Any]:
    """Put the stubs of all offered distributions into ``folder``; the ``settings`` of uv with them."""
    if not request.offered:
        return settings
    stored = stubs()
    alone, beside = folder / "offered", folder / "offered-too"
    for offer in request.offered:
        place = beside if offer.or_index else alone
        place.mkdir(exist_ok=True)
        for version in dict.fromkeys(map(pin_version, offer.versions)):
            stub = stub_wheel(stored, offer.name, version, known_metadata(request, offer.name, version))
            _link(Path(stub), place / Path(stub).name)
    changed = dict(settings)
    if alone.is_dir():
        first = {"name": _INDEX, "url": str(alone), "format": "flat"}
        changed["index"] = [first, *settings.get("index", [])]
    if beside.is_dir():
        changed["find-links"] = [*settings.get("find-links", []), str(beside)]
        if any(index.format == "flat" for index in request.options.indexes):
            # Of a name that a flat index has, uv looks at nothing else unless told to.
            too = {"name": f"{_INDEX}-too", "url": str(beside), "format": "flat"}
            changed |= {"index": [*changed.get("index", []), too], "index-strategy": "unsafe-best-match"}
    return changed


def _link(stub: Path, place: Path) -> None:
    try:
        # Without an inode for each, of which there can be hundreds.
        place.hardlink_to(stub)
    except OSError:
        place.symlink_to(stub)


def offered_metadata(request: PyPIRequest) -> list[Metadata]:
    """Metadata that leaves what conda could supply only its extras, also where an index has the same version."""
    return [
        _only_extras(offer.name, version, known_metadata(request, offer.name, version))
        for offer in request.offered
        if offer.or_index
        for version in dict.fromkeys(map(pin_version, offer.versions))
    ]


def _only_extras(name: NormalizedName, version: str, known: Metadata | None) -> Metadata:
    if known is None:
        return Metadata(name=name, version=version)
    requires = tuple(text for text in known.requires_dist if is_only_for_extra(text))
    return replace(known, version=version, requires_dist=requires, requires_python=None)


def chosen_offers(found: Sequence[PylockPackage], request: PyPIRequest) -> list[ProvidedDistribution]:
    """The offered distributions that uv chose, each in one of the versions that conda has."""
    versions: dict[NormalizedName, set[Version]] = {
        offer.name: {Version(pin_version(version)) for version in offer.versions} for offer in request.offered
    }
    return [
        ProvidedDistribution(name=package.name, version=package.version, record="")
        for package in found
        if package.version is not None
        and not package.direct
        and Version(package.version) in versions.get(package.name, ())
    ]
