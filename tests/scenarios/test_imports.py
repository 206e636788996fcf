"""What commands import and start before they answer: counts, which are the same on every machine, unlike times."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from kit.project import Project

pytestmark = pytest.mark.scenario

_IMPORTED, _STARTED = "imported:", "started:"
# Tells on stderr what was imported when the command ends, or becomes another program.
_HOOK = f"""
import atexit, sys
before = set(sys.modules)
def tell():
    print("{_IMPORTED}", *sorted(sys.modules.keys() - before), file=sys.stderr)
def heed(event, args):
    if event == "os.exec":
        tell()
    if event == "subprocess.Popen":
        print("{_STARTED}", args[0], file=sys.stderr)
sys.addaudithook(heed)
atexit.register(tell)
"""
_NOOP = {
    *("interlock", "interlock.cli", "interlock.cli.main", "interlock.cli.output", "interlock.cli.signals"),
    *("interlock.cli.parser", "interlock.cli.parsers", "interlock.cli.options", "interlock.cli.noop"),
    *(
        "interlock.core",
        "interlock.core.names",
        "interlock.core.offline",
        "interlock.install",
        "interlock.install.fresh",
    ),
}
_INSTALL = _NOOP | {"interlock.cli.parsers.locking"}
_LIST = _NOOP | {
    *("interlock.cli.parsers.inspecting", "interlock.cli.commands", "interlock.cli.commands.env_list"),
    *("interlock.cli.json", "interlock.cli.json.environment", "interlock.cli.json.envelope"),
    *("interlock.project", "interlock.project.listing", "interlock.install.listed"),
}
_INSPECT = _NOOP | {
    *("interlock.cli.parsers.inspecting", "interlock.cli.commands", "interlock.cli.inspecting"),
    *("interlock.cli.json", "interlock.cli.json.graphs", "interlock.cli.json.envelope", "interlock.cli.knowledge"),
    *("interlock.project", "interlock.project.inspected", "interlock.install.graph_record"),
    *("interlock.graph", "interlock.graph.model", "interlock.graph.recorded", "interlock.graph.lookup"),
    "interlock.core.labels",
}
_TREE = _INSPECT | {"interlock.cli.commands.env_tree", "interlock.graph.tree"}
_WHY = _INSPECT | {"interlock.cli.commands.env_why", "interlock.graph.why", "interlock.graph.ranges"}
_INFO = _NOOP | {
    *("interlock.cli.parsers.inspecting", "interlock.cli.commands", "interlock.cli.commands.env_info"),
    *("interlock.cli.json", "interlock.cli.json.environment", "interlock.cli.json.envelope"),
    *("interlock.project", "interlock.project.described", "interlock.core.files", "interlock.core.json"),
    *("interlock.core.paths", "interlock.core.programs", "interlock.core.remembered"),
    *("interlock.engines", "interlock.engines.confinement", "interlock.engines.drivers", "interlock.engines.environ"),
    *("interlock.engines.control_group", "interlock.engines.process", "interlock.engines.work"),
}
_RUN = _NOOP | {
    *("interlock.cli.parsers.using", "interlock.cli.commands", "interlock.cli.commands.env_run", "interlock.cli.ready"),
    *("interlock.project", "interlock.project.activation", "interlock.project.running", "interlock.install.activation"),
    *("interlock.engines", "interlock.engines.environ", "interlock.engines.foreground", "interlock.engines.cuda_paths"),
    *("interlock.engines.rattler", "interlock.engines.rattler.activation"),
    *("interlock.engines.rattler.activation_cache", "interlock.engines.shells", "interlock.engines.shells.changes"),
    *("interlock.core.json", "interlock.core.files", "interlock.core.paths", "interlock.core.programs"),
    "interlock.core.remembered",
}


@dataclass(frozen=True)
class Start:
    """What one run of a command imported, without what Python imports by itself, and which programs it started."""

    modules: set[str]
    programs: list[str]

    @property
    def own(self) -> set[str]:
        return {name for name in self.modules if name.partition(".")[0] == "interlock"}

    def of(self, *packages: str) -> set[str]:
        return {name for name in self.modules if name.partition(".")[0] in packages}


def start(project: Project, *command: str) -> Start:
    project.write(_HOOK, "hook/sitecustomize.py")
    done = project.run(*command, variables={"PYTHONPATH": str(project.root / "hook")}, fresh=True).ok()
    lines = [line.split() for line in done.err.splitlines()]
    (imported,) = [words[1:] for words in lines if words[:1] == [_IMPORTED]]
    return Start(set(imported), [words[1] for words in lines if words[:1] == [_STARTED]])


@pytest.fixture
def installed(project: Project) -> Project:
    project.channel.add("libtool", "1.0", files={"share/libtool/data": "one"})
    project.index.wheel("app", "1.0")
    project.declare("app", conda={"libtool": ">=0.5"})
    project.install().ok()
    return project


def test_what_answers_from_the_state_imports_little(installed: Project) -> None:
    heavy = (
        "rattler",
        "uv",
        "rich",
        "pluggy",
        "packaging",
        "interlock_hooks",
        "dataclasses",
        "subprocess",
        "tomli",
        "shutil",
        "platformdirs",
    )
    run = ("env", "run", "--", "/bin/true")
    start(installed, *run)  # which has to run activation scripts, if there are any
    for command, own, most in (
        (("env", "install"), _INSTALL, 55),
        (("env", "list", "--json"), _LIST, 68),
        (run, _RUN, 91),
    ):
        found = start(installed, *command)
        assert found.own == own, command
        assert found.of(*heavy) == set(), command
        assert len(found.modules) <= most, (len(found.modules), sorted(found.modules))
        assert found.programs == [], command
    # The graph is in a record beside the state; telling of it takes classes of its own.
    for command, own in ((("env", "why", "app", "--json"), _WHY), (("env", "tree", "--json"), _TREE)):
        found = start(installed, *command)
        assert found.own == own, command
        assert found.of(*heavy) == {"dataclasses"}, command
        assert len(found.modules) <= 94, (len(found.modules), sorted(found.modules))
        assert found.programs == [], command
    # What was shown of the project is remembered; only whether builds can be kept from the network is tried each time.
    looked_up = start(installed, "env", "info", "--json")
    assert looked_up.of("rich", "tomli_w", "tomlkit", "yaml", "uv") == set()
    found = start(installed, "env", "info", "--json")
    assert found.own - {"interlock.engines._confine"} == _INFO
    assert found.of(*heavy) == {"subprocess"}
    assert len(found.modules) <= 105, (len(found.modules), sorted(found.modules))
    assert len(found.programs) <= 1, found.programs
    # Without the record of an install, manifest and lock are read; nothing that renders, solves or writes is loaded.
    (installed.prefix / "conda-meta" / "interlock-graph").unlink()
    found = start(installed, "env", "tree", "--json")
    assert found.of("rattler", "rich", "tomli_w", "tomlkit", "yaml", "uv") == set()
    assert len(found.modules) <= 322, (len(found.modules), sorted(found.modules))
    assert found.programs == []


def test_an_install_of_one_wheel_leaves_conda_and_builds_alone(installed: Project) -> None:
    """conda's packages are as they should be, and nothing is built: what links, builds and looks into files is not."""
    graph = (installed.prefix / "conda-meta" / "interlock-graph").read_bytes()
    shutil.rmtree(installed.site_packages / "app-1.0.dist-info")
    found = start(installed, "env", "install", "--json")
    assert [Path(each).name for each in found.programs] == ["uv"]
    assert found.of("rattler", "elftools", "psutil", "email", "asyncio", "requests", "yaml", "tomlkit") == set()
    assert {name for name in found.own if name.startswith("interlock.resolve.uv")} == set()
    assert "interlock.builds.run.session" not in found.own
    assert len(found.modules) <= 505, (len(found.modules), sorted(found.modules))
    # What bounds conda's packages is known from the install before, so that telling of it needs no rattler, either.
    assert b">=0.5" in graph
    assert (installed.prefix / "conda-meta" / "interlock-graph").read_bytes() == graph
    assert start(installed, "env", "why", "libtool", "--json").of("rattler") == set()


def test_a_lock_without_a_conflict_asks_uv_once(project: Project) -> None:
    project.index.wheel("app", "1.0", requires=["lib"])
    project.index.wheel("lib", "1.0")
    project.declare("app")
    # The first lock of all with an interpreter makes an environment for it in the cache.
    project.make_lock().ok()
    (project.root / "interlock.lock").unlink()
    locked = start(project, "env", "lock", "--json")
    assert [Path(each).name for each in locked.programs] == ["uv"]
    assert locked.of("email", "tomlkit", "yaml", "elftools", "psutil", "requests") == set()
    assert len(locked.modules) <= 665, (len(locked.modules), sorted(locked.modules))
    assert start(project, "env", "lock", "--json").programs == [], "it is up to date"


def test_the_list_in_the_state_is_what_looking_gives(installed: Project) -> None:
    """With another set of variables, the state does not say what holds now, and every package is read."""
    looking = {"CONDA_OVERRIDE_CUDA": "12.4"}
    for command in (("env", "list", "--json"), ("env", "list")):
        assert installed.run(*command).ok().out == installed.run(*command, variables=looking).ok().out
    installed.write("Metadata-Version: 2.1\nName: late\nVersion: 3\n", _metadata(installed, "late-3"))
    installed.write("pip\n", _metadata(installed, "late-3", "INSTALLER"))
    late = {"name": "late", "version": "3", "kind": "pypi", "source": "by pip, not by Interlock"}
    assert late in installed.run("env", "list", "--json").ok().json["packages"]


def test_what_is_remembered_of_a_project_is_what_looking_gives(installed: Project) -> None:
    command = ("env", "info", "--json")
    assert installed.run(*command).ok().out == installed.run(*command).ok().out
    remembered = installed.run("env", "info").ok().out
    manifest = installed.root / "pyproject.toml"
    manifest.write_text(f"{manifest.read_text()}# edited\n")
    assert installed.run("env", "info").ok().out == remembered
    installed.declare("app", "other", conda={"libtool": "*"})
    assert installed.run(*command).ok().json["lock"]["state"] == "outdated"
    assert installed.run(*command, variables={"CONDA_OVERRIDE_CUDA": "12.4"}).ok().json["cuda"]["driver"]["override"]


def _metadata(project: Project, name: str, file: str = "METADATA") -> str:
    return str((project.site_packages / f"{name}.dist-info" / file).relative_to(project.root))
