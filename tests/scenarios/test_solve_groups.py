"""Environments of a solve group share the version of every package, and each one gets only what it asks for."""

from __future__ import annotations

import pytest

from interlock_hooks.testing.channel import PLATFORM
from interlock_hooks.testing.sdists import Source
from kit.project import PYTHON, Project

pytestmark = pytest.mark.scenario

ENVIRONMENTS = """
[tool.pixi.feature.test.dependencies]
tool = "*"

[tool.pixi.feature.test.pypi-dependencies]
client = "*"
web = { version = "*", extras = ["fast"] }

[tool.pixi.environments]
default = { solve-group = "app" }
test = { features = ["test"], solve-group = "app" }
alone = []
"""


def conda_versions(project: Project, environment: str) -> dict[str, str]:
    """The conda packages that the lock has for an environment, without the interpreter."""
    labels = project.lock["environments"][environment]["platforms"][PLATFORM]["conda"]["records"]
    found = (label.rpartition("/")[2].rsplit("-", 2)[:2] for label in labels)
    return {name: version for name, version in found if name != "python"}


def pypi_files(project: Project, environment: str) -> list[str]:
    """The PyPI packages that the lock has for an environment, as ``name-version``."""
    resolution = project.lock["environments"][environment]["platforms"][PLATFORM]["resolution"]
    return ["-".join(label.split(" ")[0].split("-")[:2]) for label in resolution.get("packages", [])]


@pytest.fixture
def grouped(project: Project) -> Project:
    """Alone, the default environment would get lib 2.0 and frame 2.0; what only `test` has wants older ones."""
    for version in ("1.0", "2.0"):
        project.channel.add("lib", version)
        project.index.wheel("frame", version)
    project.channel.add("tool", "1.0", depends=["lib <2", "only-for-tool"])
    project.channel.add("only-for-tool", "1.0")
    project.index.wheel("client", "1.0", requires=["frame<2"])
    project.index.wheel("web", "1.0", requires=["frame"], extras={"fast": ["loop"]})
    project.index.wheel("loop", "1.0")
    project.declare("web", conda={"lib": "*"}, extra=ENVIRONMENTS)
    return project


def test_all_share_versions_and_each_gets_what_it_asks_for(grouped: Project) -> None:
    done = grouped.make_lock().ok()
    assert done.findings == []
    assert conda_versions(grouped, "default") == {"lib": "1.0"}
    assert conda_versions(grouped, "test") == {"lib": "1.0", "tool": "1.0", "only-for-tool": "1.0"}
    assert conda_versions(grouped, "alone") == {"lib": "2.0"}
    assert pypi_files(grouped, "default") == ["frame-1.0", "web-1.0"]
    assert pypi_files(grouped, "test") == ["client-1.0", "frame-1.0", "loop-1.0", "web-1.0"]
    assert pypi_files(grouped, "alone") == ["frame-2.0", "web-1.0"]
    platforms = {name: entry["platforms"][PLATFORM] for name, entry in grouped.lock["environments"].items()}
    assert {name: table.get("group") for name, table in platforms.items()} == {
        "default": "app",
        "test": "app",
        "alone": None,
    }
    grouped.install().ok()
    assert grouped.versions() == {"frame": "1.0", "web": "1.0"}
    grouped.install("-e", "test").ok()
    grouped.run("env", "doctor", "-e", "test").ok()
    grouped.run("env", "lock", "--check").ok()


def test_a_change_of_one_member_locks_the_group_again_and_nothing_else(grouped: Project) -> None:
    grouped.make_lock().ok()
    before = grouped.lock["environments"]
    grouped.channel.add("extra-tool", "1.0")
    grouped.index.wheel("frame", "1.5")
    grouped.declare("web", conda={"lib": "*"}, extra=ENVIRONMENTS.replace('tool = "*"', 'tool = "*"\nextra-tool = "*"'))
    refused = grouped.make_lock("--check").failed(1, "IL606")
    assert refused["details"] == ["its solve group includes 'test': a change of one environment affects all of them"]
    grouped.make_lock().ok()
    after = grouped.lock["environments"]
    assert after["alone"] == before["alone"]
    digests = [each["default"]["platforms"][PLATFORM]["digest"] for each in (before, after)]
    assert digests[0] != digests[1]
    assert conda_versions(grouped, "default") == {"lib": "1.0"}
    assert "extra-tool" in conda_versions(grouped, "test")
    # What nothing forces to change stays.
    assert pypi_files(grouped, "default") == ["frame-1.0", "web-1.0"]


def test_a_conflict_says_who_asks_for_what(grouped: Project) -> None:
    grouped.declare("web", conda={"lib": ">=2"}, extra=ENVIRONMENTS)
    found = grouped.make_lock().failed(1, "IL210")
    assert "solve group app" in found["what"]
    steps = {step["text"] for step in found["derivation"]}
    # Who asks is said where not all of the group do.
    assert {"the manifest asks for tool (environment test)", "the manifest asks for lib >=2"} <= steps
    assert not grouped.lock_file.exists()


def test_inspecting_tells_which_environment_holds_a_version(grouped: Project) -> None:
    grouped.make_lock().ok()
    told = grouped.run("env", "why", "lib").ok().text
    assert "<2  by tool 1.0 (environment test)" in told
    assert "<2  by client 1.0 (environment test)" in grouped.run("env", "why", "frame").ok().text
    assert "environment test" not in grouped.run("env", "why", "lib", "-e", "alone").ok().text
    assert "solve group app" in grouped.run("env", "info").ok().text


def test_members_without_an_interpreter_or_with_builds_of_their_own(grouped: Project) -> None:
    """One source tree is editable in one environment only, and what conda supplies comes with what asks for it."""
    Source(name="ours", version="1.0", requires=["typed"]).write_tree(grouped.root / "ours")
    grouped.channel.add_distribution("typed", "1.0", python=PYTHON, depends=["lib"])
    grouped.channel.add_distribution("typed", "2.0", python=PYTHON, depends=["lib"])
    grouped.index.wheel("client", "2.0", requires=["typed<2"])
    extra = """
        [tool.pixi.feature.bare.dependencies]
        tool = "*"
        [tool.pixi.feature.dev.pypi-dependencies]
        ours = { path = "ours", editable = true }
        [tool.pixi.feature.prod.pypi-dependencies]
        ours = { path = "ours" }
        client = "==2.0"
        [tool.pixi.feature.prod.dependencies]
        typed = "*"
        [tool.pixi.environments]
        bare = { features = ["bare"], solve-group = "app", no-default-feature = true }
        dev = { features = ["dev"], solve-group = "app" }
        prod = { features = ["prod"], solve-group = "app" }
        """
    grouped.declare(extra=extra)
    grouped.make_lock().ok()
    assert conda_versions(grouped, "bare") == {"lib": "1.0", "tool": "1.0", "only-for-tool": "1.0"}
    assert conda_versions(grouped, "dev") == {"lib": "1.0", "typed": "1.0"}
    assert pypi_files(grouped, "bare") == []
    grouped.install("-e", "dev").ok()
    grouped.run("env", "doctor", "-e", "dev").ok()
    packages = grouped.run("env", "list", "--json", "-e", "dev").ok().json["packages"]
    assert {each["name"] for each in packages} >= {"ours", "typed", "lib"}
    environments = grouped.lock["environments"]
    plans = {name: environments[name]["platforms"][PLATFORM].get("plans", []) for name in ("bare", "dev", "prod")}
    assert [len(each) for each in plans.values()] == [0, 1, 1]
    editable = {block["artifact"].get("editable", False) for block in grouped.lock["pypi"] if block["name"] == "ours"}
    assert editable == {True, False}
    grouped.install("-e", "bare").ok()
    grouped.run("env", "lock", "--check").ok()


def test_the_source_of_a_package_may_be_named_by_another_environment_of_the_group(project: Project) -> None:
    Source(name="lib", version="1.0").write_tree(project.root / "lib")
    project.index.wheel("app", "1.0", requires=["lib"])
    project.declare(
        extra="""
        [tool.pixi.feature.a.pypi-dependencies]
        lib = { path = "lib" }
        [tool.pixi.feature.b.pypi-dependencies]
        app = "*"
        [tool.pixi.environments]
        a = { features = ["a"], solve-group = "g" }
        b = { features = ["b"], solve-group = "g" }
        """
    )
    project.run("env", "install", "-e", "b").ok()
