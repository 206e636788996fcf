"""Builds a recipe with rattler-build, in a process of its own that has the rights of a build.

Run as a script, ``python -I _worker.py ORDER``; must work alone. ``ORDER`` is a JSON file, see :func:`main`. Prints the
log of the build, and writes what it made as JSON to the file ``result``.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from rattler_build import (
    EnvironmentIsolation,
    JinjaConfig,
    RattlerBuildError,
    RenderConfig,
    Stage0Recipe,
    ToolConfiguration,
    VariantConfig,
)
from rattler_build.tool_config import PlatformConfig

_VARIANTS = "variants.yaml"
_CONDA_BUILD = "conda_build_config.yaml"
# zstd level: beyond it packages shrink by a few percent and the time doubles.
_FORMAT = "conda:3"
# About the empty channel that the packages go into, and how to run the script by hand in directories that are gone.
_NOISE = re.compile(
    r"repodata\.json|^(?:Adding|Successfully added) \d+ packages to subdir|^subdir .* was not found|"
    r"To run the script manually"
)


# A tag, or a commit; a branch moves.
_LASTING = re.compile(r"refs/tags/.+|[0-9a-f]{7,64}")


class _Log:
    """Prints what rattler-build has to say as it comes."""

    def on_log(self, event: Any) -> None:
        if not _NOISE.search(event.message):
            print(event.message, flush=True)  # noqa: T201 - the log of the build

    def on_build_step(self, event: Any) -> None: ...

    def on_download_start(self, event: Any) -> None:
        print(f"downloading {event.url}", flush=True)  # noqa: T201

    def on_download_progress(self, event: Any) -> None: ...

    def on_download_complete(self, event: Any) -> None: ...


class _RefusedError(Exception):
    """The recipe is not one that can be built here."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


def main(order: dict[str, Any]) -> dict[str, Any]:
    """Render and build ``recipe`` into ``output``; returns what was made, or why nothing was.

    ``variants`` and ``variant_files`` say what it is built for, besides what lies beside the recipe. ``channels`` and
    ``priority`` are those of the build and host environments; ``portable`` says that only packages for
    every platform will do, and ``exclude_newer`` is a point in time or ``null``. The result is empty, or has a ``kind``
    of failure with a ``text``: ``recipe`` (it is wrong), ``git`` (it depends on the state of a local repository),
    ``path`` (it reads an absolute path), ``moving`` (what it downloads can change), ``platform`` (it makes nothing for
    the one that is asked for), ``build``.
    """
    try:
        _build(order)
    except _RefusedError as error:
        return {"kind": error.kind, "text": str(error)}
    return {}


def _build(order: dict[str, Any]) -> None:
    variants = _rendered(order)
    for each in variants:
        _check(each.recipe.to_dict(), portable=order["portable"])
    limit = order["exclude_newer"]
    try:
        for each in variants:
            each.run_build(
                tool_config=ToolConfiguration(channel_priority=order["priority"]),
                output_dir=order["output"],
                channels=order["channels"],
                progress_callback=_Log(),
                no_build_id=True,
                package_format=_FORMAT,
                # This process has an environment of its own already, in which TMPDIR is where it may write.
                env_isolation=EnvironmentIsolation.NONE,
                exclude_newer=None if limit is None else datetime.fromisoformat(limit.replace("Z", "+00:00")),
            )
    except RattlerBuildError as error:
        raise _RefusedError("build", _reason(error)) from error


def _rendered(order: dict[str, Any]) -> list[Any]:
    recipe = Path(order["recipe"])
    try:
        config = _variants(order)
        parsed = Stage0Recipe.from_file(recipe)
        found = [] if _skips(parsed, config) else parsed.render(config, RenderConfig(platform=PlatformConfig()))
    except (RattlerBuildError, OSError, ValueError) as error:
        raise _RefusedError("recipe", _reason(error)) from error
    if not found:
        raise _RefusedError("platform", "the recipe skips this platform")
    return list(found)


def _variants(order: dict[str, Any]) -> VariantConfig:
    """As in pixi, what the workspace says comes before what lies beside the recipe, and earlier files before others."""
    beside = Path(order["recipe"]).with_name(_VARIANTS)
    config = VariantConfig.from_file(beside) if beside.is_file() else VariantConfig()
    for path in map(Path, reversed(order["variant_files"])):
        if path.name == _CONDA_BUILD:
            more = VariantConfig.from_conda_build_config(path, JinjaConfig(platform=PlatformConfig()))
        else:
            more = VariantConfig.from_file(path)
        config = config.merge(more)
    return config.merge(VariantConfig(order["variants"]))


def _skips(recipe: Stage0Recipe, config: VariantConfig) -> bool:
    """Whether a recipe of one package skips this platform, which only the rendering of several outputs looks at."""
    content = recipe.to_dict()
    conditions = (content.get("build") or {}).get("skip") or []
    if "outputs" in content or not all(isinstance(each, str) for each in conditions):
        return False
    met = " or ".join(f"({each})" for each in conditions) or "false"
    probe = {
        "context": content.get("context") or {},
        "package": {"name": "probe", "version": "1"},
        "about": {"summary": f"${{{{ 'skip' if {met} else 'build' }}}}"},
    }
    # By default it is written to a temporary folder that stays.
    with tempfile.TemporaryDirectory() as folder:
        rendered = Stage0Recipe.from_dict(probe, recipe_dir=folder).render(config)
    return all(each.recipe.to_dict().get("about", {}).get("summary") == "skip" for each in rendered)


def _check(recipe: dict[str, Any], *, portable: bool) -> None:
    for source in recipe.get("source") or []:
        _check_source(source)
    if portable and not recipe.get("build", {}).get("noarch"):
        raise _RefusedError("platform", f"{recipe['package']['name']} is not noarch")


def _check_source(source: dict[str, Any]) -> None:
    """Refuse what can be something else tomorrow, or on another machine, without a change of the recipe."""
    if "git" in source:
        address = str(source["git"])
        if address.startswith("file:") or ":" not in address:
            raise _RefusedError("git", address)
        if not _LASTING.fullmatch(str(source.get("rev", ""))):
            raise _RefusedError("moving", address)
    elif "path" in source and Path(source["path"]).is_absolute():
        raise _RefusedError("path", source["path"])
    elif "url" in source and not (source.get("sha256") or source.get("md5")):
        url = source["url"]
        raise _RefusedError("moving", url if isinstance(url, str) else url[0])


def _reason(error: Exception) -> str:
    return str(error).removeprefix("PyRattlerBuildError: ")


if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    Path(given["result"]).write_text(json.dumps(main(given)), encoding="utf-8")
