from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from interlock.builds.run import confined
from interlock.builds.run.builder import run_build
from interlock.builds.run.confined import breach, downloaded, make_home, over_budget, unconfined
from interlock.builds.run.layers import layers
from interlock.builds.run.log import BuildLog
from interlock.builds.run.trace import Trace
from interlock.engines import control_group
from interlock.engines.budget import Budget
from interlock.engines.confinement import Confinement, can_restrict_writing
from interlock.engines.control_group import ControlGroup
from interlock_hooks.types import (
    Artifact,
    BuildMode,
    BuildOptions,
    BuiltWheel,
    ExitCode,
    InterlockError,
    PyPIPackage,
    Severity,
    SourceTree,
)
from unit.builds.conftest import make_wheel, plan_for, sdist_package, wheel_package

pytestmark = pytest.mark.disk

PACKAGE = wheel_package("demo")
LOG = Path("/logs/demo.log")


def failure(log: str, *, network: bool = True, trace: Trace | None = None) -> str | None:
    lines = log.splitlines()
    found = breach(PACKAGE, lines[-1], lines, trace or Trace(), Confinement((Path("/own"),), network), LOG)
    return None if found is None else f"{found.code} {found.what}"


def keep(wheel: Path, sha256: str) -> Path:
    return wheel


@pytest.fixture
def holding(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that can confine builds."""
    monkeypatch.setattr(confined, "can_restrict_writing", lambda: True)


@pytest.fixture
def powerless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that can neither confine builds nor take the network from them."""
    monkeypatch.setattr(confined, "can_restrict_writing", lambda: False)
    monkeypatch.setattr(confined, "network_obstacle", lambda: "not permitted")
    monkeypatch.setattr("interlock.engines.confinement.guard_of_writing", lambda: None)


@pytest.mark.usefixtures("holding")
def test_a_refused_write_is_why_a_build_failed(tmp_path):
    place = tmp_path / "file"
    assert failure(f"PermissionError: [Errno 13] Permission denied: '{place}'") == (
        f"IL420 the build of demo 1.0 tried to write outside its own directories: {place}"
    )
    assert failure(f"touch: cannot touch '{place}': Permission denied")
    assert failure("[Errno 13] Permission denied: '../x'", trace=Trace(written=(Path("/x"),)))
    # An attempt that did no harm, a file of the build itself, and one that nobody could write.
    assert failure("x.c:1: error: no", trace=Trace(written=(Path("/x"),))) is None
    assert failure(f"cannot write {place}: Permission denied\nx.c:1:3: fatal error: y.h: No such file") is None
    assert failure("/own/configure: Permission denied") is None
    assert failure("/nowhere/at/all: Permission denied") is None


CHANGING = """
def build(s):
    import tool
    with open(tool.__file__, "a") as file:
        file.write("changed = True")
"""


@pytest.mark.skipif(not can_restrict_writing(), reason="needs Landlock")
def test_a_build_cannot_change_what_other_builds_see(environment, events, tmp_path):
    tool = make_wheel(tmp_path, "tool", "1.0", {"tool/__init__.py": ""})
    plan = plan_for(sdist_package(tmp_path, "demo", hooks=CHANGING), overlay=(tool,))
    with pytest.raises(InterlockError) as caught:
        run_build(plan, environment, keep=keep, emit=events)
    (finding,) = caught.value.findings
    assert finding.code == "IL420"
    assert "tried to change a package in its build environment" in finding.what
    assert "tool/__init__.py" in finding.what
    (layer,) = layers()
    assert layer.changed_files() == set()


@pytest.mark.usefixtures("powerless")
def test_a_build_that_changed_what_other_builds_see_is_found_out(environment, events, tmp_path, monkeypatch):
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    tool = make_wheel(tmp_path, "tool", "1.0", {"tool/__init__.py": ""})
    hooks = CHANGING.replace("    with", "    import os; os.chmod(os.path.realpath(tool.__file__), 0o644)\n    with")
    plan = plan_for(sdist_package(tmp_path, "demo", hooks=hooks), overlay=(tool,))
    with pytest.raises(InterlockError) as caught:
        run_build(plan, environment, keep=keep, emit=events)
    assert caught.value.findings[0].code == "IL420"
    assert "changed a package in its build environment" in caught.value.findings[0].what
    used = "def build(s): import tool; return str(hasattr(tool, 'changed'))"
    again = plan_for(sdist_package(tmp_path / "again", "demo", hooks=used), overlay=(tool,))
    wheel = run_build(again, environment, keep=lambda file, _: file.replace(tmp_path / file.name), emit=events).wheel
    with zipfile.ZipFile(wheel.path) as archive:
        assert archive.read("demo.py") == b"False"


LEAVING = """
def build(s):
    import subprocess, sys
    quiet = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    return str(subprocess.Popen(command, env={}, start_new_session=True, **quiet).pid)
"""


@pytest.mark.skipif(control_group._own_group() is None, reason="no control groups can be made here")
def test_what_a_build_leaves_behind_ends_with_it(environment, events, tmp_path):
    # It has nothing by which it could be found but its group.
    plan = plan_for(sdist_package(tmp_path, "demo", hooks=LEAVING))
    wheel = run_build(plan, environment, keep=lambda file, _: file.replace(tmp_path / file.name), emit=events).wheel
    with zipfile.ZipFile(wheel.path) as archive:
        left = int(archive.read("demo.py"))
    assert not psutil.pid_exists(left) or psutil.Process(left).status() == psutil.STATUS_ZOMBIE


def test_memory_that_the_kernel_refused_is_the_reason_of_a_failure(tmp_path):
    (tmp_path / "memory.events").write_text("oom 1\noom_kill 4\n")
    with BuildLog(tmp_path, "demo", lambda _: None) as log:
        pass
    said = over_budget(PACKAGE, Budget(None, 1 << 20), log, ControlGroup(tmp_path))
    assert said is not None
    assert (said.code, said.what) == ("IL427", "the build of demo 1.0 was ended: it needs too much memory")
    assert said.why.startswith("its programs together asked for more, and `memory` in")
    # Without a limit it was that of somebody else.
    assert over_budget(PACKAGE, Budget(None, None), log, ControlGroup(tmp_path)) is None


@pytest.mark.parametrize(
    "line",
    [
        "socket.gaierror: [Errno -3] Temporary failure in name resolution",
        "fatal: unable to access 'https://x.invalid/': Could not resolve host: x.invalid",
        "OSError: [Errno 101] Network is unreachable",
        "error: failed to download: dns error: failed to lookup address information",
    ],
)
def test_a_denied_network_is_why_a_build_failed(line):
    address = "https://x.invalid/a.whl"
    said = failure(line, network=False, trace=Trace(reached=(address,)))
    assert said == f"IL423 the build of demo 1.0 needs the network: {address}"
    assert failure(line) is None
    assert failure(f"{line}\nkernel.cu(7): error: identifier is undefined", network=False) is None
    assert failure("x.c:1: error: no", network=False) is None


@pytest.mark.usefixtures("powerless")
def test_what_is_written_where_nothing_prevents_it_is_found_out(environment, events, tmp_path):
    hooks = f"def build(s): open({str(tmp_path / 'escaped')!r}, 'w').close()"
    with pytest.raises(InterlockError) as caught:
        run_build(plan_for(sdist_package(tmp_path, "demo", hooks=hooks)), environment, keep=keep, emit=events)
    assert caught.value.findings[0].code == "IL420"
    assert str(tmp_path / "escaped") in caught.value.findings[0].what
    note = unconfined()
    assert note is not None
    assert (note.code, note.severity) == ("IL421", Severity.NOTE)


@pytest.mark.usefixtures("powerless")
def test_a_network_that_cannot_be_denied_is_never_allowed_instead(environment, events, tmp_path):
    request = replace(environment.request, build=BuildOptions(network="deny"))
    plan = plan_for(sdist_package(tmp_path, "demo"))
    with pytest.raises(InterlockError) as caught:
        run_build(plan, replace(environment, request=request), keep=keep, emit=events)
    assert caught.value.findings[0].code == "IL422"
    assert "not permitted" in caught.value.findings[0].why


@pytest.mark.usefixtures("powerless")
def test_nothing_is_built_unconfined_where_the_manifest_requires_it(environment, events, tmp_path):
    request = replace(environment.request, build=BuildOptions(confine="required"))
    with pytest.raises(InterlockError) as caught:
        run_build(
            plan_for(sdist_package(tmp_path, "demo")), replace(environment, request=request), keep=keep, emit=events
        )
    assert caught.value.findings[0].code == "IL426"
    assert "demo" in caught.value.findings[0].what
    assert caught.value.exit_code == ExitCode.BUILD_FAILED


def test_a_file_that_the_limit_cuts_off_is_told_as_that(environment, events, tmp_path):
    request = replace(environment.request, build=BuildOptions(disk=1 << 20))
    plan = plan_for(sdist_package(tmp_path, "demo", hooks="def build(s): open('big', 'wb').write(bytes(1 << 21))"))
    with pytest.raises(InterlockError) as caught:
        run_build(plan, replace(environment, request=request), keep=keep, emit=events)
    assert caught.value.findings[0].code == "IL427"
    assert "1,048,576" in caught.value.findings[0].why


def test_build_requirements_are_not_built_with_a_network_that_is_denied(environment, tmp_path):
    request = replace(environment.request, build=BuildOptions(network="deny"))
    tool = PyPIPackage(name="tool", version="1", artifact=Artifact(kind="sdist", url="https://x.invalid/tool.tar.gz"))
    with pytest.raises(InterlockError) as caught:
        confined.require_no_hidden_builds(PACKAGE, request, [tool])
    assert "tool 1" in caught.value.findings[0].why
    confined.require_no_hidden_builds(PACKAGE, request, [PACKAGE])
    confined.require_no_hidden_builds(PACKAGE, environment.request, [tool])


@pytest.mark.parametrize(
    ("script", "variable"),
    [('FORCE_BUILD = os.getenv("MAMBA_FORCE_BUILD", "F") == "T"', "MAMBA_FORCE_BUILD"), ("setup()", None)],
)
def test_the_remedy_for_a_download_names_the_projects_own_variable(script, variable):
    wheel = BuiltWheel(
        name="demo",
        version="1.0",
        path=Path("x"),
        sha256="",
        mode=BuildMode.ISOLATED,
        seconds=1,
        downloads=("https://x",),
    )
    source = SourceTree(name="demo", version="1.0", scripts={"setup.py": script})
    finding = downloaded(wheel, PACKAGE, source)
    assert (finding.code, finding.severity) == ("IL424", Severity.WARNING)
    assert ("set MAMBA_FORCE_BUILD" in finding.fix) is (variable is not None)
    assert 'network = "deny"' in finding.fix


def test_the_home_of_a_build_shows_credentials_and_nothing_else(tmp_path):
    user = tmp_path / "user"
    (user / ".config" / "git").mkdir(parents=True)
    (user / ".netrc").write_text("machine x")
    (user / ".cache").mkdir()
    make_home(tmp_path / "home", user)
    assert sorted(path.name for path in (tmp_path / "home").rglob("*")) == [".config", ".netrc", "git"]
    assert (tmp_path / "home" / ".netrc").read_text() == "machine x"
