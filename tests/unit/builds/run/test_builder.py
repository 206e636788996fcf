from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from interlock.builds.run.builder import run_build, run_metadata
from interlock.builds.run.errors import BuildFailedError, RequirementsUnmetError
from interlock.engines.confinement import can_restrict_writing
from interlock.engines.uv import install_packages
from interlock_hooks.types import (
    Artifact,
    BuildFinished,
    BuildMode,
    BuildOptions,
    BuildOutput,
    BuildStarted,
    CodeStarted,
    Environment,
    EnvironmentRequest,
    InterlockError,
    PyPIPackage,
)
from unit.builds.conftest import (
    Events,
    make_environment,
    make_prefix,
    make_sdist,
    make_wheel,
    plan_for,
    project_files,
    sdist_package,
)

pytestmark = pytest.mark.disk


@pytest.fixture
def keep(tmp_path: Path):
    def keeper(wheel: Path, sha256: str) -> Path:
        return wheel.replace(tmp_path / wheel.name)

    return keeper


def module_text(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as wheel:
        return wheel.read(f"{name}.py").decode()


def files_of(folder: Path) -> set[tuple[str, int]]:
    return {(str(path), path.lstat().st_mtime_ns) for path in folder.rglob("*")}


def test_an_isolated_build_makes_a_wheel_with_log_and_events(environment, events, keep, tmp_path):
    package = sdist_package(tmp_path, "demo", hooks="def build(s): print('compiling'); return 'X = 1'")
    outcome = run_build(plan_for(package), environment, keep=keep, emit=events)
    wheel = outcome.wheel
    assert wheel is not None
    assert (wheel.name, wheel.version, wheel.mode) == ("demo", "1.0", BuildMode.ISOLATED)
    assert module_text(wheel.path, "demo") == "X = 1"
    assert wheel.log == tmp_path / "logs" / "demo-1.0-1.log"
    assert "compiling\n" in wheel.log.read_text()
    assert BuildOutput(name="demo", line="compiling") in events
    told = [event for event in events if not isinstance(event, BuildOutput)]
    assert [type(event) for event in told] == [BuildStarted, CodeStarted, BuildFinished]
    assert told[1] == CodeStarted(
        kind="backend", name="demo", version="1.0", step="wheel", source=package.artifact.url, entry="backend"
    )


def test_logs_are_never_overwritten(environment, events, keep, tmp_path):
    package = sdist_package(tmp_path, "demo")
    logs = [run_build(plan_for(package), environment, keep=keep, emit=events).wheel.log.name for _ in range(2)]
    assert logs == ["demo-1.0-1.log", "demo-1.0-2.log"]


def test_nothing_of_a_build_stays_in_the_work_directory(environment, events, keep, tmp_path, cache):
    run_build(plan_for(sdist_package(tmp_path, "demo")), environment, keep=keep, emit=events)
    assert list((cache / "builds").iterdir()) == []


def test_the_variables_of_the_caller_do_not_reach_the_build(environment, events, keep, tmp_path, monkeypatch):
    monkeypatch.setattr("interlock.builds.run.variables._SYSTEM_CUDA", tmp_path / "no-cuda")
    for name in ("CUDA_HOME", "CFLAGS", "CC", "PYTHONPATH", "PIP_INDEX_URL", "UV_INDEX_URL", "LD_LIBRARY_PATH"):
        monkeypatch.setenv(name, "/stray")
    package = sdist_package(tmp_path, "demo", hooks="import os\ndef build(s): return repr(dict(os.environ))")
    wheel = run_build(plan_for(package), environment, keep=keep, emit=events).wheel
    seen = eval(module_text(wheel.path, "demo"))
    assert "/stray" not in seen.values()
    assert {name for name in seen if name.startswith(("PIP_", "UV_", "CUDA"))} == {
        "PIP_NO_INDEX",
        "PIP_REQUIRE_VIRTUALENV",
    }
    assert all("/usr/local" not in place for place in seen["PATH"].split(":"))
    assert seen["PATH"].split(":")[1] == str(environment.prefix / "bin")


def test_the_variables_of_the_plan_reach_only_this_build(environment, events, keep, tmp_path):
    hooks = "import os\ndef build(s): return os.environ.get('DEMO_FLAG', 'unset')"
    first = plan_for(sdist_package(tmp_path, "demo", hooks=hooks), variables=(("DEMO_FLAG", "on"),))
    second = plan_for(sdist_package(tmp_path, "other", hooks=hooks))
    assert module_text(run_build(first, environment, keep=keep, emit=events).wheel.path, "demo") == "on"
    assert module_text(run_build(second, environment, keep=keep, emit=events).wheel.path, "other") == "unset"


def test_config_settings_reach_the_backend(environment, events, keep, tmp_path):
    package = sdist_package(tmp_path, "demo", hooks="def build(s): return repr(s)")
    plan = plan_for(package, config_settings=(("--flag", ("a", "b")), ("level", "3")))
    wheel = run_build(plan, environment, keep=keep, emit=events).wheel
    assert module_text(wheel.path, "demo") == "{'--flag': ['a', 'b'], 'level': '3'}"


def test_the_overlay_is_visible_to_the_build_and_traced(environment, events, keep, tmp_path):
    helper = make_wheel(tmp_path, "helper-lib", "2.0", {"helper.py": "VALUE = 7\n"})
    other = make_wheel(tmp_path, "other-lib", "2.0", {"other.py": ""})
    hooks = """
        import subprocess, sys
        SHOW = "import helper; print(helper.VALUE)"
        def build(s): return subprocess.check_output([sys.executable, "-c", SHOW], text=True)
    """
    plan = plan_for(sdist_package(tmp_path, "demo", hooks=hooks), overlay=(helper, other))
    outcome = run_build(plan, environment, keep=keep, emit=events)
    assert module_text(outcome.wheel.path, "demo") == "7\n"
    assert outcome.imports == ("helper-lib",)


@pytest.mark.parametrize("line", ["", "import os; os.mkdir({place!r})"])
def test_a_build_requirement_without_wheel_is_built_and_confined(environment, events, keep, tmp_path, line):
    place = str(tmp_path / "escaped")
    tool = sdist_package(tmp_path, "tool", hooks=f"def build(s):\n  {line.format(place=place)}\n  return 'VALUE = 7'")
    hooks = "import tool\ndef build(s): return str(tool.VALUE)"
    plan = plan_for(sdist_package(tmp_path, "demo", hooks=hooks), overlay=(tool,))
    refused = line and can_restrict_writing()
    if refused:
        with pytest.raises(InterlockError) as error:
            run_build(plan, environment, keep=keep, emit=events)
        assert error.value.findings[0].code == "IL419"
        assert not Path(place).exists()
    else:
        assert module_text(run_build(plan, environment, keep=keep, emit=events).wheel.path, "demo") == "7"
    assert [each.name for each in events.of(CodeStarted)] == (["tool"] if refused else ["tool", "demo"])


def test_no_isolation_sees_the_environment_and_writes_nothing_into_it(events, keep, tmp_path):
    prefix = make_prefix(tmp_path / "env")
    python = prefix / "bin" / "python"
    held = make_wheel(tmp_path, "held", "1.0", {"held.py": "VALUE = 'from the environment'\n"})
    tool = make_wheel(tmp_path, "tool", "1.0", {"tool.py": "NAME = 'tool'\n"})
    install_packages(python, [held], root=tmp_path)
    before = files_of(prefix)
    hooks = "def build(s):\n  import held, tool\n  return held.VALUE + ' ' + tool.NAME"
    environment = make_environment(prefix, tmp_path, held)
    plan = plan_for(sdist_package(tmp_path, "demo", hooks=hooks), BuildMode.NO_ISOLATION, overlay=(tool,))
    outcome = run_build(plan, environment, keep=keep, emit=events)
    assert module_text(outcome.wheel.path, "demo") == "from the environment tool"
    assert outcome.imports == ("held", "tool")
    assert files_of(prefix) == before


def test_no_isolation_while_locking_sees_what_the_prefix_does_not_hold_yet(environment, events, keep, tmp_path):
    runtime = make_wheel(tmp_path, "runtime", "3.0", {"runtime.py": "VERSION = 3\n"})
    environment = make_environment(environment.prefix, tmp_path, runtime)
    hooks = "import runtime\ndef requires_dist(): return [f'dep=={runtime.VERSION}']"
    plan = plan_for(sdist_package(tmp_path, "demo", hooks=hooks), BuildMode.NO_ISOLATION)
    outcome = run_metadata(plan, environment, keep=keep, emit=events)
    assert outcome.metadata.requires_dist == ("dep==3",)
    assert outcome.imports == ("runtime",)


def test_an_isolated_build_does_not_see_the_environment(events, keep, tmp_path):
    prefix = make_prefix(tmp_path / "env")
    python = prefix / "bin" / "python"
    held = make_wheel(tmp_path, "held", "1.0", {"held.py": ""})
    install_packages(python, [held], root=tmp_path)
    plan = plan_for(sdist_package(tmp_path, "demo", hooks="import held"))
    with pytest.raises(BuildFailedError) as error:
        run_build(plan, make_environment(prefix, tmp_path, held), keep=keep, emit=events)
    assert error.value.lacking.module == "held"
    assert [(entry.module, Path(entry.importer).name) for entry in error.value.missing if entry.module == "held"] == [
        ("held", "hooks.py")
    ]


def test_metadata_is_prepared_without_a_build(environment, events, keep, tmp_path):
    hooks = "def requires_dist(): return ['numpy>=2', 'x; extra == \"y\"']\ndef build(s): raise SystemExit('built')"
    outcome = run_metadata(plan_for(sdist_package(tmp_path, "demo", hooks=hooks)), environment, keep=keep, emit=events)
    assert outcome.metadata.requires_dist == ("numpy>=2", 'x; extra == "y"')
    assert outcome.metadata.origin == "backend"
    assert outcome.wheel is None


def test_metadata_falls_back_to_a_build(environment, events, keep, tmp_path):
    package = sdist_package(tmp_path, "demo")
    files = project_files("demo", "1.0", "def requires_dist(): return ['numpy']")
    files["backend.py"] = files["backend.py"].replace("def prepare_metadata", "def _prepare_metadata")
    path = make_sdist(tmp_path / "second", "demo", "1.0", files)
    package = replace(package, artifact=Artifact(kind="sdist", url=path.as_uri()))
    outcome = run_metadata(plan_for(package), environment, keep=keep, emit=events)
    assert outcome.metadata.requires_dist == ("numpy",)
    assert outcome.wheel.path.is_file()


def test_a_backend_that_asks_for_more_is_not_run_without_it(environment, events, keep, tmp_path):
    hooks = "def get_requires(): return ['helper-lib>=2', 'never; python_version < \"3\"']"
    package = sdist_package(tmp_path, "demo", hooks=hooks)
    with pytest.raises(RequirementsUnmetError) as error:
        run_build(plan_for(package), environment, keep=keep, emit=events)
    assert error.value.requirements == ("helper-lib>=2",)
    helper = make_wheel(tmp_path, "helper-lib", "2.0", {"helper.py": ""})
    plan = plan_for(package, overlay=(helper,))
    assert run_build(plan, environment, keep=keep, emit=events).wheel is not None


@pytest.mark.parametrize(
    ("hooks", "code", "text"),
    [
        ("def build(s): raise RuntimeError('no such luck')", "IL430", "no such luck"),
        ("import os\ndef build(s): os._exit(0)", "IL430", "without a result"),
        ("import os\ndef build(s): os.kill(os.getpid(), 9)", "IL430", "was ended by SIGKILL"),
        ("NAME = 'demo-lite'", "IL440", "produced demo-lite 1.0"),
        ("VERSION = '1.1'", "IL440", "produced demo 1.1"),
        ("VERSION = 'not a version'", "IL441", ""),
    ],
)
def test_a_failing_or_cheating_backend_is_an_error(hooks, code, text, environment, events, keep, tmp_path):
    package = sdist_package(tmp_path, "demo", hooks=hooks)
    with pytest.raises(InterlockError) as error:
        run_build(plan_for(package), environment, keep=keep, emit=events)
    finding = error.value.findings[0]
    assert finding.code == code
    assert text in finding.what + finding.why
    # Whether a failed backend is the end of the build is for discovery to say.
    ends = [] if code == "IL430" else [False]
    assert [event.ok for event in events.of(BuildFinished)] == ends


def test_a_backend_that_cannot_be_imported_is_named(environment, events, keep, tmp_path):
    pyproject = '[build-system]\nrequires = []\nbuild-backend = "no_such_backend"\n'
    package = sdist_package(tmp_path, "demo", pyproject=pyproject)
    with pytest.raises(BuildFailedError) as error:
        run_build(plan_for(package), environment, keep=keep, emit=events)
    assert "no_such_backend" in error.value.findings[0].why
    assert error.value.lacking.module == "no_such_backend"


def test_a_wheel_that_does_not_exist_is_an_error(environment, events, keep, tmp_path):
    files = project_files("demo", "1.0")
    files["backend.py"] += "\ndef build_wheel(*args): return 'demo-1.0-py3-none-any.whl'\n"
    path = make_sdist(tmp_path, "demo", "1.0", files)
    package = PyPIPackage(name="demo", version="1.0", artifact=Artifact(kind="sdist", url=path.as_uri()))
    with pytest.raises(InterlockError) as error:
        run_build(plan_for(package), environment, keep=keep, emit=events)
    assert error.value.findings[0].code == "IL441"


def test_a_hanging_build_is_ended_after_its_time_limit(environment, events, keep, tmp_path):
    request = EnvironmentRequest(name="x", platform="linux-64", root=tmp_path, build=BuildOptions(timeout=2))
    hooks = "import time, subprocess\ndef build(s): subprocess.Popen(['sleep', '600']); time.sleep(600)"
    plan = plan_for(sdist_package(tmp_path, "demo", hooks=hooks))
    with pytest.raises(InterlockError) as error:
        run_build(plan, replace(environment, request=request), keep=keep, emit=events)
    assert error.value.findings[0].code == "IL431"


def test_what_a_build_leaves_running_is_ended(environment, events, keep, tmp_path):
    hooks = """
        import subprocess, sys
        def build(s):
            sleeper = [sys.executable, "-c", "import time; time.sleep(600)"]
            return str(subprocess.Popen(sleeper, start_new_session=True, stdout=subprocess.DEVNULL).pid)
    """
    wheel = run_build(plan_for(sdist_package(tmp_path, "demo", hooks=hooks)), environment, keep=keep, emit=events).wheel
    pid = int(module_text(wheel.path, "demo"))
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_local_project_is_built_from_a_copy(environment, events, keep, tmp_path):
    tree = tmp_path / "project"
    tree.mkdir()
    hooks = "def build(s): open('left-behind', 'w').close()"
    for name, text in project_files("demo", "1.0", hooks).items():
        (tree / name).write_text(text)
    package = PyPIPackage(name="demo", version="0", artifact=Artifact(kind="directory", url=tree.as_uri()))
    wheel = run_build(plan_for(package), environment, keep=keep, emit=events).wheel
    assert wheel.version == "1.0"
    assert not (tree / "left-behind").exists()


def test_an_editable_project_is_built_in_place(environment, events, keep, tmp_path):
    tree = tmp_path / "project"
    tree.mkdir()
    for name, text in project_files("demo", "1.0", "def build(s): open('built-here', 'w').close()").items():
        (tree / name).write_text(text)
    artifact = Artifact(kind="directory", url="project", editable=True)
    plan = plan_for(PyPIPackage(name="demo", version="1.0", artifact=artifact))
    assert run_build(plan, environment, keep=keep, emit=events).wheel is not None
    assert (tree / "built-here").exists()


def test_a_build_without_interpreter_says_what_to_add(environment: Environment, events: Events, keep, tmp_path):
    plan = plan_for(sdist_package(tmp_path, "demo"))
    with pytest.raises(InterlockError) as error:
        run_build(plan, replace(environment, prefix=tmp_path / "empty"), keep=keep, emit=events)
    assert error.value.findings[0].code == "IL419"
    assert not events.of(CodeStarted)
    assert "python" in error.value.findings[0].fix
