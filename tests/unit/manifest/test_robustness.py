"""Whatever a manifest contains: it is loaded, or refused with findings; nothing else is ever raised."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from interlock.lock.digest import request_digest
from interlock.manifest import load
from interlock_hooks.types import InterlockError

KEYS = (
    *("workspace", "project", "dependencies", "pypi-dependencies", "pypi-options", "feature", "environments", "target"),
    *("system-requirements", "activation", "constraints", "channels", "platforms", "tool", "uv", "pixi", "interlock"),
    *("build", "cuda", "packages", "plugins", "index", "sources", "extra-build-dependencies", "extra-build-variables"),
    *("dependency-metadata", "config-settings", "config-settings-package", "dependency-groups", "name", "version"),
    *("optional-dependencies", "requires-python", "conda-pypi-map", "mapping", "exclude-newer", "find-links", "git"),
    *("path", "url", "extras", "index-url", "no-build", "no-build-isolation", "linux-64", "linux", "unix", "a", "a b"),
    *("features", "solve-group", "requirement", "match-runtime", "include-group", "jobs", "memory-per-job", "cutoff"),
    *("libc", "family", "driver", "scripts", "env", "channel", "priority", "platform", "marker", "default", "tag"),
)
TEXTS = st.sampled_from(
    [
        *("", "*", ">=1", "1.0", "a", "a[b]>=1", "linux-64", "conda-forge", "./x", "https://example.com", "7d", "12.4"),
        *("strict", "auto", "4GB", "sys_platform == 'linux'", "a @ file:///x", "default", "git@h:o/r", "{", "'", "é\n"),
    ]
)
SCALARS = TEXTS | st.booleans() | st.integers(-2, 20) | st.floats(allow_nan=False, allow_infinity=False) | st.dates()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)
TABLES = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5)
SUBTABLES = st.dictionaries(st.sampled_from(KEYS), VALUES | TABLES, max_size=6)


def toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    if isinstance(value, list):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(key)} = {toml(item)}" for key, item in value.items()) + "}"
    return str(value)


def survives(path: Path, data: dict[str, Any]) -> None:
    text = "".join(f"{toml(key)} = {toml(value)}\n" for key, value in data.items())
    assert tomli.loads(text) == data
    path.write_text(text, encoding="utf-8")
    try:
        workspace = load(path)
        for environment in workspace.environments:
            request_digest(workspace.request(environment, "linux-64"))
    except InterlockError as error:
        unexplained = [finding for finding in error.findings if not (finding.code.startswith("IL1") and finding.what)]
        if unexplained:
            pytest.fail(f"findings without code or words: {unexplained}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@settings(max_examples=60)
@given(SUBTABLES, TABLES)
def test_any_pixi_toml(folder: Path, data: dict[str, Any], workspace: dict[str, Any]) -> None:
    base = {"channels": ["a"], "platforms": ["linux-64"]}
    survives(folder / "pixi.toml", {**data, "workspace": {**base, **workspace}})


@settings(max_examples=60)
@given(SUBTABLES, SUBTABLES, SUBTABLES, TABLES)
def test_any_pyproject(
    folder: Path, pixi: dict[str, Any], uv: dict[str, Any], own: dict[str, Any], project: dict[str, Any]
) -> None:
    tools = {"pixi": pixi, "uv": uv, "interlock": own}
    survives(folder / "pyproject.toml", {"tool": tools, "project": project, "dependency-groups": project})
