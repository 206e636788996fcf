"""conda's own files as manifests: an environment.yml, and the explicit list of what it was locked to."""

from __future__ import annotations

import pytest

from interlock_hooks.testing.channel import PLATFORM
from kit.project import PYTHON, Project

pytestmark = pytest.mark.scenario


def write_environment(project: Project) -> None:
    project.channel.add("pip", "24.0", noarch="generic")
    project.channel.add("tool", "1.0", files={"bin/tool": "#!/bin/sh\necho tool 1\n"})
    project.channel.add("tool", "2.0", files={"bin/tool": "#!/bin/sh\necho tool 2\n"})
    project.index.wheel("app", "1.0", requires=["lib<2"])
    project.index.wheel("lib", "1.0")
    project.index.wheel("lib", "2.0")
    project.write("app\n", "requirements.txt")
    project.write(
        f"""\
        name: demo
        channels: [{project.channel.url}, nodefaults]
        dependencies:
          - python={PYTHON}
          - tool=1
          - no-such-package  # [win]
          - pip:
            - --index-url {project.index.url}
            - -r requirements.txt
        variables:
          MINE: $1.10
        """,
        "environment.yml",
    )


def test_an_environment_yml_is_locked_installed_and_run(project: Project) -> None:
    write_environment(project)
    project.install().ok()
    assert {entry["name"]: entry["version"] for entry in project.lock["pypi"]} == {"app": "1.0", "lib": "1.0"}
    shown = project.run("env", "run", "--", "sh", "-c", 'tool; echo "$MINE $PIXI_PROJECT_NAME"').ok()
    assert shown.out.splitlines() == ["tool 1", "$1.10 demo"]
    assert project.run("env", "lock", "--check").code == 0
    project.write("app\nlib<1.0\n", "requirements.txt")
    assert project.run("env", "lock", "--check").code != 0
    project.write(f"app --hash=sha256:{'0' * 64}\n", "requirements.txt")
    project.install().failed(1, "IL312")
    (own,) = (entry["artifact"]["sha256"] for entry in project.lock["pypi"] if entry["name"] == "app")
    project.write(f"app --hash=sha256:{'0' * 64} --hash=sha256:{own}\n", "requirements.txt")
    project.install().ok()


def test_packages_of_a_requirements_file_move_and_go(project: Project) -> None:
    write_environment(project)
    project.write("# ours\napp\nlib<2\n", "requirements.txt")
    project.index.wheel("app", "2.0")
    project.make_lock().ok()
    (here,) = project.run("env", "outdated", "--json").ok().json["environments"]
    assert [(each["name"], each["upgrade"]) for each in here["packages"]] == [("lib", "2.0"), ("tool", "2.0")]
    shown = project.run("env", "upgrade", "lib", "--no-install").ok().text
    assert "lib<2 → lib>=2.0,<3  requirements.txt:3" in shown
    elsewhere = project.run("env", "remove", "lib", "--feature", "x", "--json").failed(2, "IL133")
    assert "requirements.txt (line 3)" in elsewhere["why"]
    project.run("env", "remove", "lib", "--no-install").ok()
    assert (project.root / "requirements.txt").read_text() == "# ours\napp\n"
    assert project.locked() == {"app": "2.0"}
    assert project.run("env", "lock", "--check").code == 0


def test_an_explicit_file_installs_exactly_its_packages(project: Project) -> None:
    write_environment(project)
    project.make_lock().ok()
    urls = [f"{entry['url']}#{entry['sha256']}" for entry in project.lock["conda"]]
    project.write("\n".join([f"# platform: {PLATFORM}", "@EXPLICIT", *urls, ""]), "all.txt")
    (project.root / "interlock.lock").unlink()
    project.channel.add("tool", "1.5")
    project.install("--manifest-path", "all.txt").ok()
    assert [f"{entry['url']}#{entry['sha256']}" for entry in project.lock["conda"]] == urls
    assert project.lock.get("pypi", []) == []
