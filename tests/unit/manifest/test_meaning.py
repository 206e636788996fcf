"""What a manifest means: documents that are made to mean something, written in every style of TOML, and read again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlock.lock.digest import request_digest
from interlock.manifest import Workspace, load
from kit.strategies.toml import written

PLATFORMS = {"linux-64": ("unix", "linux", "linux-64"), "osx-arm64": ("unix", "osx", "osx-arm64"), "win-64": ("win",)}
KINDS = ("dependencies", "host-dependencies", "build-dependencies")
STYLES = ("tables", "inline", "dotted")

_specs = st.dictionaries(st.sampled_from("abc"), st.sampled_from([">=1", ">=2", "==3"]), max_size=3)
_layers = st.fixed_dictionaries(dict.fromkeys(KINDS, _specs))
_inline = st.fixed_dictionaries({"dependencies": _specs})
_selectors = st.sampled_from(["unix", "linux", "linux-64", "osx", "win"])


def _with_targets(layers: st.SearchStrategy[dict]) -> st.SearchStrategy[dict]:
    targets = st.dictionaries(_selectors, layers, max_size=3)
    return st.builds(lambda layer, target: {**layer, "target": target}, layers, targets)


_features = st.fixed_dictionaries({name: _with_targets(_layers) for name in ("x", "y")})
_environments = st.builds(
    lambda content, features, alone: {**content, "features": features, "no-default-feature": alone},
    _with_targets(_inline),
    st.lists(st.sampled_from(["x", "y"]), unique=True),
    st.booleans(),
)
_documents = st.builds(
    lambda top, features, environment: {
        "workspace": {"channels": ["c"], "platforms": list(PLATFORMS)},
        **top,
        "feature": features,
        "environments": {"e": environment},
    },
    _with_targets(_layers),
    _features,
    _environments,
)


def _asked(feature: dict[str, Any], platform: str) -> dict[str, str]:
    """Of one feature, by the rules as the documentation says them: tables, then targets, each over what was before."""
    found: dict[str, str] = {}
    matching = [target for selector, target in feature["target"].items() if selector in PLATFORMS[platform]]
    for layer in (feature, *matching):
        for kind in KINDS:
            found |= layer.get(kind, {})
    return found


def _meant(document: dict[str, Any], environment: str, platform: str) -> set[str]:
    declared = document["environments"].get(environment)
    contents = [document]
    if declared:
        named = [document["feature"][name] for name in declared["features"]]
        contents = [declared, *named, *([] if declared["no-default-feature"] else [document])]
    return {f"{name} {spec}" for feature in contents for name, spec in _asked(feature, platform).items()}


def _read(document: dict[str, Any], style: str, root: Path) -> Workspace:
    return load(root / "pixi.toml", text=written(document, style))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("meaning")


@settings(max_examples=40, deadline=None)
@given(_documents)
def test_a_manifest_means_what_it_was_made_to_mean_in_every_style(root: Path, document: dict[str, Any]) -> None:
    workspaces = [_read(document, style, root) for style in STYLES]
    for environment in ("default", "e"):
        for platform in PLATFORMS:
            requests = [workspace.request(environment, platform) for workspace in workspaces]
            assert {spec.spec for spec in requests[0].conda_specs} == _meant(document, environment, platform)
            assert len({request_digest(request) for request in requests}) == 1
