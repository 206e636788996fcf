"""The channels of a manifest in pixi's tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.core.channels import channel_address
from interlock.manifest.editing.dialects import pixi_table
from interlock.manifest.editing.toml_file import TomlFile
from interlock.manifest.model import DEFAULT

if TYPE_CHECKING:
    from interlock.manifest.editing.dependency import Place
    from interlock.manifest.editing.manifest_text import ManifestText
    from interlock.manifest.positions import Key


def with_channels(manifest: ManifestText, channels: Iterable[str], place: Place) -> ManifestText:
    """The manifest with channels after those that count at a place; unchanged if it has no such list."""
    file = TomlFile(manifest.text) if manifest.dialect.has_pixi else None
    path = _list_at(file, manifest.dialect.prefix, place) if file else None
    if file is None or path is None:
        return manifest
    for channel in channels:
        listed = file.get(path)
        names = [each.get("channel", "") if isinstance(each, Mapping) else each for each in listed]
        if channel_address(channel) not in map(channel_address, names):
            file = file.with_element(path, len(listed), channel)
    return replace(manifest, text=file.text)


def _list_at(file: TomlFile, prefix: Key, place: Place) -> Key | None:
    feature = [] if place.feature == DEFAULT else [pixi_table(prefix, replace(place, platform=None))]
    tables = (*feature, (*prefix, "workspace"), (*prefix, "project"))
    return next(((*table, "channels") for table in tables if isinstance(file.get((*table, "channels")), list)), None)
