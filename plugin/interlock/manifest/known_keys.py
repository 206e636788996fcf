"""The right table for a known key, for keys that are in the wrong one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interlock.manifest.positions import Key

PIXI_TABLES = (
    "workspace",
    "dependencies",
    "host-dependencies",
    "build-dependencies",
    "constraints",
    "pypi-dependencies",
    "pypi-options",
    "system-requirements",
    "feature",
    "environments",
    "activation",
    "target",
)
_PIXI_WORKSPACE = ("channels", "platforms", "channel-priority", "conda-pypi-map", "solve-strategy")
_PIXI_OPTIONS = ("index-url", "extra-index-urls", "no-build-isolation", "dependency-overrides", "prerelease-mode")
_UV = (
    "extra-build-dependencies",
    "extra-build-variables",
    "no-build-isolation-package",
    "dependency-metadata",
    "override-dependencies",
    "constraint-dependencies",
    "build-constraint-dependencies",
    "config-settings",
    "config-settings-package",
    "extra-index-url",
    "no-binary-package",
    "no-build-package",
    "torch-backend",
    "sources",
)


def table_of(key: str, path: Key) -> str | None:
    """The table that reads a key, if it is one that is known by its name and does not belong to the table ``path``."""
    in_pyproject = path[:1] == ("tool",)
    pixi = "tool.pixi." if in_pyproject else ""
    if key in _UV and path[:2] != ("tool", "uv"):
        return f"[tool.uv] of a pyproject.toml as '{key}'"
    if key in _PIXI_WORKSPACE:
        return f"[{pixi}workspace]"
    if key in _PIXI_OPTIONS:
        return f"[{pixi}pypi-options]"
    if key in PIXI_TABLES and path[:2] != ("tool", "interlock"):
        return f"[{pixi}{key}]"
    return "[tool.interlock]" if key == "interlock" else None
