"""The document of ``plugins list``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from interlock.cli.documents.others import Plugin, PluginsList
    from interlock.plugins.manager import PluginInfo


def list_document(infos: Iterable[PluginInfo]) -> PluginsList:
    """The plugins that could run."""
    return {"plugins": [_plugin(info) for info in infos]}


def _plugin(info: PluginInfo) -> Plugin:
    return {
        "name": info.name,
        "distribution": info.distribution,
        "version": info.version,
        "builtin": info.builtin,
        "enabled": info.enabled,
        "hooks": list(info.hooks),
    }
