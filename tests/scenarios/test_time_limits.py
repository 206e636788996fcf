"""``exclude-newer``: what is left out for its age, what is exempt, and indexes that tell no upload times."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from kit.project import Project

pytestmark = pytest.mark.scenario

LIMIT = "2026-02-01"
EARLY, LATE = "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z"


@pytest.fixture
def undated(project: Project) -> Project:
    """A project whose index does not say when files were uploaded."""
    project.index.wheel("lib", "1.0")
    project.index.wheel("app", "1.0", requires=["lib"])
    return project


@pytest.fixture
def dated(project: Project) -> Project:
    """A project whose index has a version from before the limit and one from after it."""
    for version, when in (("1.0", EARLY), ("2.0", LATE)):
        for file in (project.index.wheel("lib", version), project.index.wheel("app", version, requires=["lib"])):
            project.index.served.uploaded[file.name] = when
    return project


def edits(finding: dict[str, Any]) -> list[str]:
    return [edit["new"] or f"remove {edit['old'].partition(' ')[0]}" for edit in finding["edits"]]


@pytest.mark.parametrize("limit", ["7d", "2026-02-01", "2999-02-01T00:00:00Z"])
def test_an_index_without_upload_times_is_named(undated: Project, limit: str) -> None:
    undated.declare("app", workspace={"pypi-exclude-newer": limit})
    finding = undated.make_lock().failed(1, "IL310")
    assert f"{undated.index.url} does not say when app was uploaded" in finding["why"]
    assert '`app = "0d"` in `[tool.pixi.pypi-exclude-newer]`' in finding["fix"]
    assert "the index: `exclude-newer = false`" in finding["fix"]


def test_packages_can_be_exempt_from_it(undated: Project) -> None:
    exempt = "[tool.pixi.pypi-exclude-newer]\napp = '0d'\n"
    undated.declare("app", workspace={"pypi-exclude-newer": "7d"}, extra=exempt)
    finding = undated.make_lock().failed(1, "IL310")
    assert finding["why"].startswith("app 1.0 needs lib, but ")
    assert "does not say when lib was uploaded" in finding["why"]
    undated.declare("app", workspace={"pypi-exclude-newer": "7d"}, extra=f"{exempt}lib = '0d'\n")
    undated.make_lock().ok()
    assert undated.locked() == {"app": "1.0", "lib": "1.0"}
    uv = "[tool.uv]\nexclude-newer = '7d'\nexclude-newer-package = { app = false, lib = false }\n"
    undated.declare("app", extra=uv)
    undated.make_lock().ok()
    assert undated.locked() == {"app": "1.0", "lib": "1.0"}


def test_an_index_can_be_exempt_from_it(undated: Project) -> None:
    index = {"url": undated.index.url, "exclude-newer": False}
    undated.declare("app", workspace={"pypi-exclude-newer": "7d"}, pypi_options={"extra-index-urls": [index]})
    undated.make_lock().ok()
    assert undated.locked() == {"app": "1.0", "lib": "1.0"}


def test_files_without_a_time_beside_others_are_a_warning(dated: Project) -> None:
    dated.index.wheel("lib", "3.0")
    dated.declare("app", workspace={"pypi-exclude-newer": LIMIT})
    (warning,) = dated.make_lock().ok().findings
    assert (warning["code"], warning["details"]) == ("IL352", ["lib-3.0-py3-none-any.whl"])
    assert dated.index.url in warning["why"]
    assert dated.locked() == {"app": "1.0", "lib": "1.0"}


def test_a_package_that_is_too_new_is_told_and_can_be_exempt(dated: Project) -> None:
    dated.declare("app", "lib>=2", workspace={"pypi-exclude-newer": LIMIT})
    finding = dated.make_lock().failed(1, "IL310")
    assert "all versions of lib that fit were uploaded after 2026-02-01" in finding["why"]
    assert '[tool.pixi.pypi-exclude-newer] lib = "0d"' in edits(finding)
    exempt = "[tool.pixi.pypi-exclude-newer]\nlib = '0d'\n"
    dated.declare("app", "lib>=2", workspace={"pypi-exclude-newer": LIMIT}, extra=exempt)
    dated.make_lock().ok()
    assert dated.locked() == {"app": "1.0", "lib": "2.0"}


def test_the_same_for_conda(project: Project) -> None:
    for version, when in (("1.0", EARLY), ("2.0", LATE)):
        published = datetime.fromisoformat(when[:10]).replace(tzinfo=timezone.utc)
        for name in ("libtool", "other"):
            project.channel.add(name, version, published=published)

    def lock(exempt: str, *, libtool: str = "*") -> Any:
        conda = {"libtool": libtool, "other": "*"}
        project.declare(conda=conda, workspace={"exclude-newer": LIMIT}, extra=f"[tool.pixi.exclude-newer]\n{exempt}")
        return project.make_lock()

    # The interpreter was packed for the test.
    finding = lock("").failed(1, "IL210")
    assert "all versions of python that fit were published after 2026-02-01" in finding["why"]
    assert '[tool.pixi.exclude-newer] python = "0d"' in edits(finding)
    lock("python = '0d'\n").ok()
    assert conda_versions(project) == {"libtool": "1.0", "other": "1.0"}
    finding = lock("python = '0d'\n", libtool=">=2").failed(1, "IL210")
    assert "all versions of libtool that fit were published after 2026-02-01" in finding["why"]
    lock("python = '0d'\nlibtool = '2026-04-01'\n", libtool=">=2").ok()
    assert conda_versions(project) == {"libtool": "2.0", "other": "1.0"}


def conda_versions(project: Project) -> dict[str, str]:
    found = {record["name"]: record["version"] for record in project.lock["conda"]}
    return {name: version for name, version in found.items() if name in ("libtool", "other")}
