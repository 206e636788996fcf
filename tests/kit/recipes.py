"""The example projects that users copy, and copies of them that ask the test's own channel."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli
import tomli_w

from interlock_hooks.testing.channel import PLATFORM

RECIPES = Path(__file__).parents[2] / "recipes" / "projects"
_MANIFESTS = ("pyproject.toml", "pixi.toml")


def recipes() -> list[str]:
    """The names of all recipes: each is a folder with a manifest."""
    return sorted(folder.name for folder in RECIPES.iterdir() if any((folder / name).is_file() for name in _MANIFESTS))


def manifest_of(folder: Path) -> Path:
    """The manifest of a recipe, or of a copy of it."""
    (found,) = (folder / name for name in _MANIFESTS if (folder / name).is_file())
    return found


def copy_recipe(
    name: str,
    folder: Path,
    channel: str,
    *,
    python: str,
    pypi_options: dict[str, Any],
    any_date: bool = False,
    replaced: Mapping[str, str] | None = None,
) -> None:
    """Copy a recipe into an existing folder; only its sources and its Python differ.

    ``channel`` takes the place of its channels, ``python`` (``3.12``) that of its Python, and ``pypi_options`` say what
    else pixi's table of that name has. ``any_date`` removes ``exclude-newer``, for indexes that were made for the test;
    ``replaced`` maps other addresses of the manifest to those of the test.
    """
    shutil.copytree(RECIPES / name, folder, dirs_exist_ok=True)
    path = manifest_of(folder)
    text = path.read_text(encoding="utf-8")
    for address, other in (replaced or {}).items():
        assert address in text
        text = text.replace(address, other)
    data = tomli.loads(text)
    pixi = data if path.name == "pixi.toml" else data.setdefault("tool", {}).setdefault("pixi", {})
    pixi.setdefault("workspace", {"platforms": [PLATFORM]})["channels"] = [channel]
    pixi.setdefault("dependencies", {})["python"] = f"{python}.*"
    pixi["pypi-options"] = {**pixi.get("pypi-options", {}), **pypi_options}
    if "requires-python" in data.get("project", {}):
        data["project"]["requires-python"] = f"=={python}.*"
    if any_date:
        data.get("tool", {}).get("uv", {}).pop("exclude-newer", None)
    path.write_text(tomli_w.dumps(data), encoding="utf-8")
