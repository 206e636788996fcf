"""The other commands: list, info, run, clean, channel, plugins; their text, their JSON and their exit codes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from interlock_hooks.testing.channel import PLATFORM, Channel
from interlock_hooks.testing.sdists import Backend
from interlock_hooks.testing.shared import Shared
from kit.project import PYTHON, Project

pytestmark = pytest.mark.scenario


def with_everything(project: Project) -> Project:
    """A project with a bit of everything, installed."""
    tool = "#!/bin/sh\necho from the tool\n"
    project.channel.add("tool", "1.0", files={"bin/tool": tool, "etc/conda/activate.d/tool.sh": "export TOOL=active\n"})
    project.index.wheel(
        "app", "1.0", scripts={"app": "app:main"}, modules={"app.py": "def main():\n    print('app')\n"}
    )
    project.index.sdist("ext", "1.0")
    project.declare("app", "ext", conda={"tool": "*"}, extra='[tool.pixi.activation.env]\nMINE = "set"\n')
    project.install().ok()
    (project.root / "a" / "b").mkdir(parents=True)
    return project


@pytest.fixture
def installed(project: Project) -> Project:
    """Such a project for one test."""
    return with_everything(project)


@pytest.fixture(scope="module")
def kept(kept_project: Project) -> Project:
    """Such a project for all tests that leave it as it is."""
    return with_everything(kept_project)


def test_list_shows_where_everything_came_from(kept: Project) -> None:
    document = kept.run("env", "list", "--json").ok().json
    kinds = {entry["name"]: (entry["version"], entry["kind"]) for entry in document["packages"]}
    assert kinds["tool"] == ("1.0", "conda")
    assert kinds["app"][0] == kinds["ext"][0] == "1.0"
    assert len({kinds[name][1] for name in ("tool", "app", "ext")}) == 3
    assert document["installed"] is True
    text = kept.run("env", "list").ok().out
    assert all(name in text for name in ("python", "tool", "app", "ext"))


def test_list_falls_back_to_the_lock(project: Project) -> None:
    project.index.wheel("app", "1.0")
    project.declare("app")
    project.make_lock().ok()
    document = project.run("env", "list", "--json").ok().json
    assert document["installed"] is False
    assert "app" in {entry["name"] for entry in document["packages"]}


def test_info_tells_of_project_and_machine(installed: Project) -> None:
    document = installed.run("env", "info", "--json", variables={"CONDA_OVERRIDE_CUDA": "12.4"}).ok().json
    assert document["cuda"]["driver"]["override"] == "12.4"
    text = json.dumps(document)
    assert str(installed.prefix) in text
    assert "linux-64" in text
    assert "__cuda" in text
    assert "12.4" in text
    written = installed.run("env", "info", "--html", "info.html", "--json").ok().json
    assert (written["file"], written["changed"], written["text"]) == ("info.html", True, None)
    page = (installed.root / "info.html").read_text()
    assert f"installed in {installed.prefix}" in page
    assert "<h3>ext 1.0</h3>" in page
    installed.write("dependencies: []\n", "environment.yml")
    shown = installed.run("env", "info").ok().out
    assert "default" in shown
    assert "not read" in shown


def test_run_activates(kept: Project, tmp_path: Path) -> None:
    result = kept.run("env", "run", "--", "sh", "-c", 'tool; app; echo "$TOOL $MINE $CONDA_PREFIX"').ok()
    assert result.out.splitlines() == ["from the tool", "app", f"active set {kept.prefix}"]
    script = kept.run("env", "shell-hook", "--shell", "sh", "--no-install").ok().out
    (tmp_path / "activate.sh").write_text(script)
    code = '. ./activate.sh; tool; app; echo "$TOOL $MINE $CONDA_PREFIX"; interlock_deactivate; echo "$TOOL$MINE"'
    done = subprocess.run(["sh", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == f"{result.out}\n"


def test_run_reads_nothing_where_nothing_changed(installed: Project) -> None:
    timed = {"PYTHONPROFILEIMPORTTIME": "1"}
    told = installed.run("env", "run", "--", "true", variables=timed, fresh=True).ok().err
    imported = {line.rpartition("|")[2].strip() for line in told.splitlines()}
    assert not imported & {"interlock.manifest", "interlock_hooks", "packaging", "pluggy", "rattler", "rich", "tomli"}
    assert len([name for name in imported if name.startswith("interlock")]) <= 45
    quick = installed.run("env", "run", "--", "env").ok().out.splitlines()
    assert sorted(quick) == sorted(installed.run("env", "run", "--no-install", "--", "env").ok().out.splitlines())
    manifest = installed.root / "pyproject.toml"
    manifest.write_text(manifest.read_text().replace('MINE = "set"', 'MINE = "changed"'))
    assert installed.run("env", "run", "--", "sh", "-c", "echo $MINE").ok().out == "changed\n"


def test_scripts_and_programs_know_the_project(project: Project) -> None:
    (project.root / "setup.sh").write_text('export SEEN="$PIXI_PROJECT_ROOT/data of $PIXI_ENVIRONMENT_NAME"\n')
    activation = (
        '[tool.pixi.activation]\nscripts = ["setup.sh"]\nenv = { DATA = "$PIXI_PROJECT_ROOT/$PIXI_PROJECT_NAME" }\n'
    )
    backend = Backend(on_build="import os\nassert os.environ['SEEN'].endswith('data of default'), os.environ")
    project.index.sdist("built", "1.0", backend=backend)
    project.declare("built", extra=activation)
    project.install().ok()
    code = "import os; print(*(os.environ[name] for name in ('SEEN', 'DATA', 'PIXI_PROJECT_VERSION')), sep='|')"
    shown = project.run("env", "run", "--", "python", "-c", code).ok().out.strip()
    assert shown == f"{project.root}/data of default|{project.root}/under-test|0.1.0"
    manifest = project.run("env", "run", "--", "sh", "-c", "echo $PIXI_PROJECT_MANIFEST $PIXI_ENVIRONMENT_PLATFORMS")
    assert manifest.ok().out.split() == [str(project.root / "pyproject.toml"), PLATFORM]


def test_run_hands_on_exit_code_arguments_and_directory(kept: Project) -> None:
    code = "import os, sys; print(os.getcwd(), sys.argv[1:]); sys.exit(7)"
    result = kept.run("env", "run", "--", "python", "-c", code, "--json", "-x", cwd=kept.root / "a" / "b")
    assert result.code == 7
    assert result.out.strip() == f"{kept.root / 'a' / 'b'} ['--json', '-x']"


def test_run_keeps_the_callers_variables(kept: Project) -> None:
    result = kept.run("env", "run", "--", "sh", "-c", "echo $OWN", variables={"OWN": "kept"}).ok()
    assert result.out.strip() == "kept"


def test_run_installs_first(project: Project) -> None:
    project.index.wheel("app", "1.0")
    project.declare("app")
    result = project.run("env", "run", "--", "python", "-c", "import app; print(app.__version__)").ok()
    assert result.out.strip() == "1.0"
    project.index.wheel("app", "2.0")
    project.declare("app==2.0")
    result = project.run("env", "run", "--", "python", "-c", "import app; print(app.__version__)").ok()
    assert result.out.strip() == "2.0"


def test_run_without_installing_needs_an_environment(project: Project) -> None:
    project.declare()
    result = project.run("env", "run", "--no-install", "--json", "--", "true")
    assert result.code in (1, 2), str(result)
    assert result.findings
    assert not project.prefix.exists()


def test_run_of_a_program_that_is_not_there(kept: Project) -> None:
    assert "surely-missing" in str(kept.run("env", "run", "--json", "--", "surely-missing").failed(2, "IL1"))


def test_run_json_reports_the_status(kept: Project) -> None:
    result = kept.run("env", "run", "--json", "--", "sh", "-c", "echo printed; exit 3")
    assert result.code == 3
    assert result.json["status"] == 3
    assert "printed" in result.err


def test_clean_removes_the_environment_and_keeps_the_lock(installed: Project) -> None:
    lock = installed.lock_file.read_bytes()
    document = installed.run("env", "clean", "--json").ok().json
    assert str(installed.prefix) in document["removed"]
    assert not installed.prefix.exists()
    assert installed.lock_file.read_bytes() == lock
    installed.install("--locked").ok()
    assert installed.versions() == {"app": "1.0", "ext": "1.0"}


def test_clean_does_not_remove_what_is_not_an_environment(project: Project) -> None:
    project.declare()
    project.prefix.mkdir(parents=True)
    (project.prefix / "thesis.txt").write_text("the only copy")
    project.run("env", "clean", "--json").failed(1, "IL6")
    assert (project.prefix / "thesis.txt").exists()


def test_pixi_env_is_the_same_in_pixis_folder(installed: Project) -> None:
    done = installed.run("install", "--json", program="pixi-env").ok()
    assert done.json["prefix"] == str(installed.root / ".pixi" / "envs" / "default")
    listed = installed.run("list", "--json", program="pixi-env").ok().json
    assert {"app", "ext"} <= {entry["name"] for entry in listed["packages"]}
    assert (installed.prefix / "conda-meta").is_dir()


def test_commands_work_from_below_and_by_path(kept: Project, tmp_path: Path) -> None:
    assert kept.run("env", "install", "--json", cwd=kept.root / "a" / "b").ok().json["changed"] is False
    by_path = ["--manifest-path", str(kept.root / "pyproject.toml")]
    assert kept.run("env", "install", "--json", *by_path, cwd=tmp_path).ok().json["changed"] is False


def test_install_tells_what_it_did(installed: Project) -> None:
    installed.run("env", "clean").ok()
    result = installed.run("env", "install").ok()
    for fact in ("python", "app", "ext", "isolated"):
        assert fact in result.text
    installed.run("env", "clean").ok()
    document = installed.install().ok().json
    assert document["prefix"] == str(installed.prefix)
    assert [entry["name"] for entry in document["pypi"]] == ["app"]
    assert {"python", "tool"} <= {entry["name"] for entry in document["conda"]}
    assert [(entry["name"], entry["mode"]) for entry in document["built"]] == [("ext", "isolated")]


def test_quiet_is_quiet(kept: Project) -> None:
    result = kept.run("env", "install", "-q").ok()
    assert (result.out, result.err) == ("", "")


@pytest.mark.parametrize(
    "args",
    [
        ["--help"],
        ["env", "--help"],
        *(["env", command, "--help"] for command in ("install", "lock", "list", "info", "run", "clean")),
        ["channel", "build", "--help"],
        ["plugins", "list", "--help"],
    ],
)
def test_help_teaches(project: Project, args: list[str]) -> None:
    result = project.run(*args).ok()
    assert result.out.startswith("usage: interlock")
    if len(args) == 3:
        assert "examples:" in result.out


@pytest.mark.parametrize(
    "args", [["env", "instal"], ["env", "install", "--lockd"], [], ["env", "install", "--locked", "--frozen"]]
)
def test_wrong_usage(project: Project, args: list[str]) -> None:
    project.declare()
    result = project.run(*args)
    assert result.code == 2
    assert "usage: interlock" in result.err
    assert not project.prefix.exists()


def test_channel_build_makes_only_what_is_missing(project: Project, shared: Shared) -> None:
    # Packaging an interpreter takes long; the channel of the test run has it already, without the python_abi package.
    for package in shared.python().glob("*/python-*.conda"):
        Channel(project.root / "made").offer(package)
    first = project.run("channel", "build", "made", "--python", "--json").ok().json
    assert [name for name in first["kept"] if "python-" in name]
    assert [name for name in first["built"] if "python_abi-" in name]
    second = project.run("channel", "build", "made", "--python", "--json").ok().json
    assert second["built"] == []
    assert second["channel"] == (project.root / "made").as_uri()
    project.declare(workspace={"channels": [second["channel"]]})
    project.install().ok()
    assert project.python("import sys; print('%d.%d' % sys.version_info[:2])") == PYTHON


def test_a_channel_cannot_be_built_from_what_is_no_interpreter(project: Project) -> None:
    project.run("channel", "build", "made", "--interpreter", "/bin/true", "--json").failed(1, "IL7")
