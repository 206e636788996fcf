"""Build options in every combination: what wins, what is refused, and what has no effect."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from interlock_hooks.testing.sdists import Backend, Source
from kit.miniatures import add_torch
from kit.project import Project

pytestmark = pytest.mark.scenario


def matching(requirement: str = "torch") -> str:
    return f'[tool.uv.extra-build-dependencies]\next = [{{ requirement = "{requirement}", match-runtime = true }}]\n'


@pytest.fixture
def torched(project: Project) -> Project:
    """Two torches, and ``ext``, which says which torch it saw."""
    add_torch(project.index, "2.6.0", "2.7.0")
    project.index.sdist("ext", "1.0", backend=Backend(imports=["torch"]))
    return project


def codes(findings: list[dict[str, str]]) -> set[str]:
    return {finding["code"] for finding in findings if finding["severity"] == "warning"}


def test_both_options_for_one_package(torched: Project) -> None:
    torched.declare("torch==2.6.0", "ext", pypi_options={"no-build-isolation": ["ext"]}, extra=matching())
    torched.install().ok()
    assert torched.built("ext")["imports"] == {"torch": "2.6.0"}
    assert torched.plan("ext")["mode"] == "no-isolation"


def test_no_isolation_for_all(torched: Project) -> None:
    torched.declare("torch==2.6.0", "ext", pypi_options={"no-build-isolation": True})
    torched.install().ok()
    assert torched.plan("ext")["mode"] == "no-isolation"


def test_names_are_normalised(torched: Project) -> None:
    torched.index.sdist("flash-attn", "1.0", backend=Backend(imports=["torch"]))
    torched.declare("torch==2.6.0", "Flash.Attn", pypi_options={"no-build-isolation": ["FLASH_attn"]})
    torched.install().ok()
    assert torched.plan("flash-attn")["mode"] == "no-isolation"


def test_a_listed_package_that_is_a_wheel_is_a_warning(torched: Project) -> None:
    torched.declare("torch==2.6.0", pypi_options={"no-build-isolation": ["torch"]})
    result = torched.install().ok()
    assert [finding for finding in result.findings if "torch" in finding["what"]]


def test_a_transitive_package_can_be_listed(torched: Project) -> None:
    torched.index.wheel("above", "1.0", requires=["ext", "torch"])
    torched.declare("above", "torch==2.6.0", pypi_options={"no-build-isolation": ["ext"]})
    torched.install().ok()
    assert torched.built("ext")["imports"] == {"torch": "2.6.0"}


def test_a_package_in_an_extra_that_is_not_selected_touches_nothing(torched: Project) -> None:
    torched.index.wheel("above", "1.0", extras={"gpu": ["ext"]})
    torched.declare("above", pypi_options={"no-build-isolation": ["ext"]}, extra=matching())
    torched.install().ok()
    assert torched.versions() == {"above": "1.0"}


def test_match_runtime_with_a_version_is_refused(torched: Project) -> None:
    torched.declare("torch==2.6.0", "ext", extra=matching("torch>=2"))
    result = torched.install()
    assert result.code == 2, str(result)
    assert "torch>=2" in str(result.findings)
    assert not torched.prefix.exists()


def test_match_runtime_of_what_is_not_resolved_is_refused(torched: Project) -> None:
    torched.declare("ext", extra=matching())
    finding = torched.install().failed(1, "IL410")
    assert "torch" in finding["what"]
    assert "match-runtime" in finding["fix"]
    assert "dependencies" in finding["fix"]
    assert not torched.prefix.exists()


def test_a_match_that_the_sdist_refuses_is_told_before_building(torched: Project) -> None:
    torched.index.sdist("ext", "2.0", backend=Backend(requires=["torch>=2.7"], on_build="raise SystemExit('built')"))
    torched.declare("torch==2.6.0", "ext", extra=matching())
    finding = torched.install().failed(1, "IL412")
    assert "torch>=2.7" in str(finding)
    assert "2.6.0" in str(finding)
    assert not torched.prefix.exists()


def test_extra_build_dependencies_are_resolved_and_locked(project: Project) -> None:
    for version in ("1.0", "2.0"):
        project.index.wheel("helper", version)
    project.index.sdist("ext", "1.0", backend=Backend(imports=["helper"]))
    project.declare("ext", extra='[tool.uv.extra-build-dependencies]\next = ["helper<2"]\n')
    project.make_lock().ok()
    assert project.plan("ext")["overlay"] == {"helper": "1.0"}
    project.index.wheel("helper", "1.5")
    project.install("--locked").ok()
    assert project.built("ext")["imports"] == {"helper": "1.0"}


def test_build_constraints_hold(project: Project) -> None:
    for version in ("1.0", "2.0"):
        project.index.wheel("helper", version)
    project.index.sdist("ext", "1.0", backend=Backend(requires=["helper"], imports=["helper"]))
    project.declare("ext", extra='[tool.uv]\nbuild-constraint-dependencies = ["helper<2"]\n')
    project.install().ok()
    assert project.built("ext")["imports"] == {"helper": "1.0"}


def test_config_settings_reach_their_package_only(project: Project) -> None:
    project.index.sdist("one", "1.0")
    project.index.sdist("two", "1.0")
    project.declare("one", "two", extra='[tool.uv.config-settings-package]\none = { speed = "high" }\n')
    project.install().ok()
    assert project.built("one")["config_settings"] == {"speed": "high"}
    assert project.built("two")["config_settings"] == {}


def test_a_changed_variable_builds_again(project: Project) -> None:
    project.index.sdist("ext", "1.0")
    for value in ("one", "https://me:secret@host.example/two"):
        project.declare("ext", extra=f'[tool.uv.extra-build-variables]\next = {{ FLAVOUR = "{value}" }}\n')
        project.install().ok()
        assert project.built("ext")["variables"]["FLAVOUR"] == value
    # The lock, which does not have the password, asks for the same build.
    assert "secret" not in project.lock_file.read_text()
    shutil.rmtree(project.prefix)
    (again,) = project.install("--frozen").ok().json["built"]
    assert again["from_store"]


def test_a_package_of_a_directory_is_built_matched(torched: Project) -> None:
    source = Source(name="ext", version="1.0", backend=Backend(imports=["torch"]))
    source.write_tree(torched.root / "ext")
    extra = '[tool.pixi.pypi-dependencies]\next = { path = "ext" }\n' + matching()
    torched.declare("torch==2.6.0", extra=extra)
    torched.install().ok()
    assert torched.built("ext")["imports"] == {"torch": "2.6.0"}


def test_a_package_of_a_git_repository_is_built(torched: Project) -> None:
    source = Source(name="ext", version="1.0", backend=Backend(imports=["torch"]))
    repository = source.write_tree(torched.root.parent / "repository")
    identity = ["-c", "user.name=kit", "-c", "user.email=kit@localhost"]
    for args in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "one"]):
        subprocess.run(["git", *args], cwd=repository, check=True, env=torched.environment())
    extra = f'[tool.pixi.pypi-dependencies]\next = {{ git = "{repository.as_uri()}" }}\n' + matching()
    torched.declare("torch==2.6.0", extra=extra)
    torched.install().ok()
    assert torched.built("ext")["imports"] == {"torch": "2.6.0"}
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"],
        cwd=repository,
        check=True,
        capture_output=True,
        text=True,
        env=torched.environment(),
    ).stdout.strip()
    assert commit in torched.lock_file.read_text()


def test_no_build_refuses_sdists(project: Project) -> None:
    project.index.sdist("ext", "1.0")
    project.declare("ext", pypi_options={"no-build": True})
    assert "ext" in str(project.install().failed(1, "IL3"))


def test_no_binary_builds_from_source(project: Project) -> None:
    project.index.wheel("ext", "1.0")
    project.index.sdist("ext", "1.0")
    project.declare("ext", pypi_options={"no-binary": ["ext"]})
    project.install().ok()
    assert project.plan("ext")["mode"] == "isolated"


def test_the_mode_can_be_said_in_interlocks_own_table(torched: Project) -> None:
    extra = '[tool.interlock.build.packages.ext]\nmode = "no-isolation"\nvariables = { FLAVOUR = "own" }\n'
    torched.declare("torch==2.6.0", "ext", extra=extra)
    torched.install().ok()
    assert torched.plan("ext")["mode"] == "no-isolation"
    assert torched.built("ext")["variables"]["FLAVOUR"] == "own"
