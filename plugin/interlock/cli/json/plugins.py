"""The document of ``plugins list``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from interlock.plugins.manager import PluginInfo


def list_document(infos: Iterable[PluginInfo]) -> dict[str, Any]:
    """The plugins that could run: the fields of each are its keys."""
    return {"plugins": [asdict(info) for info in infos]}
