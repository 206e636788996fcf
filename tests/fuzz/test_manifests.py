"""Whatever a manifest contains: it is read and every request made, or refused with findings of the manifest."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given

from interlock.lock.digest import request_digest
from interlock.manifest import load
from interlock_hooks.types import InterlockError
from kit.fuzzing import no_hang, share, told
from kit.strategies.conda_files import ENVIRONMENT_YML
from kit.strategies.manifests import PIXI_TOML, PYPROJECT, manifests
from kit.strategies.toml import written


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "package").mkdir()
    (folder / "lines.txt").write_text("requests\n-r lines.txt\n-c lines.txt\n")
    (folder / "package" / "pyproject.toml").write_text('[project]\nname = "mylib"\nversion = "1"\n')
    return folder


@pytest.mark.parametrize(("name", "document"), [("pixi.toml", PIXI_TOML), ("pyproject.toml", PYPROJECT)])
@pytest.mark.parametrize("style", ["tables", "inline", "dotted"])
def test_the_manifests_that_are_changed_are_valid(root: Path, name: str, document: dict, style: str) -> None:
    (root / name).write_text(written(document, style))
    workspace = load(root / name)
    assert set(workspace.environments) >= {"default", "gpu", "lint"}


def test_the_environment_yml_that_is_changed_is_valid(root: Path) -> None:
    path = root / "environment.yml"
    path.write_text(yaml.dump(ENVIRONMENT_YML))
    assert load(path).request(platform="linux-64").requirements


def requests_of(path: Path) -> None:
    workspace = load(path)
    for environment in (*workspace.environments, "no-such"):
        for platform in (*workspace.platforms, None, "no-such"):
            try:
                request = workspace.request(environment, platform)
            except InterlockError as error:
                told(error, "IL1")
                continue
            request_digest(request)


@share(0.21)
@given(manifests)
def test_any_manifest(root: Path, manifest: tuple[str, bytes]) -> None:
    name, content = manifest
    path = root / name
    path.write_bytes(content)
    with no_hang():
        try:
            requests_of(path)
        except InterlockError as error:
            told(error, "IL1")
    assert path.read_bytes() == content
