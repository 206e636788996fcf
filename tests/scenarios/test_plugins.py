"""Third-party plugins: they run where the manifest names them, and a bad one is named."""

from __future__ import annotations

import pytest

from interlock_hooks.testing.sdists import Backend
from kit.project import Project

pytestmark = pytest.mark.scenario

ENABLED = '[tool.interlock]\nplugins = ["{name}"]\n'
IMPORTS = "from interlock_hooks import hookimpl\nfrom interlock_hooks.types import *\n"


def enable(project: Project, source: str, *requirements: str, name: str = "my-plugin") -> None:
    project.plugin(name, IMPORTS + source)
    project.declare(*requirements, extra=ENABLED.format(name=name))


def test_a_plugin_can_take_part_in_everything(project: Project) -> None:
    project.channel.add("policy", "1.0")
    project.index.wheel("extra", "1.0")
    project.index.sdist("ext", "1.0", backend=Backend(imports=["helper"]))
    project.index.wheel("helper", "1.0")
    source = """
@hookimpl
def interlock_conda_request(request):
    return CondaAdditions(specs=(CondaSpec(spec="policy", origin="my-plugin"),))

@hookimpl
def interlock_pypi_request(request, conda):
    assert conda.get("policy") is not None
    return PyPIAdditions(requirements=(Requirement(name="extra", text="extra", origin="my-plugin"),))

@hookimpl
def interlock_build_requirements(package):
    return [BuildRequirement(requirement="helper", origin="my-plugin")]

@hookimpl
def interlock_build_variables(package):
    return {"FROM_PLUGIN": package.name}

@hookimpl
def interlock_check_resolution(resolution):
    return [Finding(code="IL890", what="just saying", severity=Severity.WARNING)]

@hookimpl
def interlock_check_wheel(wheel):
    return [Finding(code="IL891", what="seen " + wheel.name, severity=Severity.WARNING)]

@hookimpl
def interlock_environment_ready(environment):
    (environment.prefix / "READY").write_text(environment.locked.name)
"""
    enable(project, source, "ext")
    result = project.install().ok()
    assert project.conda_versions()["policy"] == "1.0"
    assert project.versions() == {"ext": "1.0", "extra": "1.0"}
    assert project.built("ext")["variables"]["FROM_PLUGIN"] == "ext"
    assert (project.prefix / "READY").read_text() == "default"
    assert {"IL890", "IL891"} <= {finding["code"] for finding in result.findings}


def test_a_plugin_adds_to_env_info(project: Project) -> None:
    hook = "@hookimpl\ndef interlock_environment_info(locked):\n    return InfoSection("
    rows = '(("our rack", "number 4"),)'
    project.plugin("rack", f'{IMPORTS}{hook}name="rack", data={{"locked": locked is not None}}, rows={rows})')
    project.plugin("greedy", f'{IMPORTS}{hook}name="lock", data={{"state": "mine"}})')
    project.declare(extra='[tool.interlock]\nplugins = ["rack", "greedy"]\n')
    document = project.run("env", "info", "--json").ok().json
    assert document["rack"] == {"locked": False}
    assert document["lock"]["state"] == "missing"
    assert "number 4" in project.run("env", "info").ok().out


def test_a_plugin_that_is_not_enabled_does_not_run(project: Project) -> None:
    project.plugin("my-plugin", "raise RuntimeError('imported')\n")
    project.declare()
    project.install().ok()


def test_a_plugin_that_is_not_installed(project: Project) -> None:
    project.declare(extra=ENABLED.format(name="surely-missing"))
    result = project.install()
    assert result.code in (1, 2), str(result)
    assert "surely-missing" in str(result.findings)


@pytest.mark.parametrize(
    ("hook", "arguments"),
    [
        ("interlock_virtual_packages", "request"),
        ("interlock_conda_request", "request"),
        ("interlock_conda_solve", "request"),
        ("interlock_pypi_names", "record"),
        ("interlock_pypi_request", "request, conda"),
        ("interlock_pypi_resolve", "request"),
        ("interlock_check_resolution", "resolution"),
        ("interlock_build_requirements", "package"),
        ("interlock_build_variables", "package"),
        ("interlock_build_wheel", "plan"),
        ("interlock_check_wheel", "wheel"),
        ("interlock_environment_ready", "environment"),
    ],
)
def test_a_plugin_that_raises_is_named(project: Project, hook: str, arguments: str) -> None:
    project.index.sdist("ext", "1.0")
    first = "tryfirst=True"
    enable(project, f"@hookimpl({first})\ndef {hook}({arguments}):\n    raise ValueError('a bug in here')\n", "ext")
    finding = project.install().failed(1, "IL8")
    assert "my-plugin" in str(finding)
    assert hook in str(finding)
    assert "a bug in here" in str(finding)


@pytest.mark.parametrize(
    ("hook", "arguments"),
    [
        ("interlock_conda_request", "request"),
        ("interlock_conda_solve", "request"),
        ("interlock_pypi_request", "request, conda"),
        ("interlock_check_resolution", "resolution"),
        ("interlock_build_variables", "package"),
        ("interlock_build_wheel", "plan"),
    ],
)
def test_a_plugin_that_returns_the_wrong_type_is_named(project: Project, hook: str, arguments: str) -> None:
    project.index.sdist("ext", "1.0")
    enable(project, f"@hookimpl(tryfirst=True)\ndef {hook}({arguments}):\n    return 42\n", "ext")
    finding = project.install().failed(1, "IL8")
    assert "my-plugin" in str(finding)
    assert hook in str(finding)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("raise RuntimeError('cannot be imported')\n", id="import"),
        pytest.param("@hookimpl\ndef interlock_no_such_hook():\n    pass\n", id="unknown-hook"),
        pytest.param("@hookimpl\ndef interlock_conda_request(no_such_argument):\n    pass\n", id="unknown-argument"),
    ],
)
def test_a_plugin_that_does_not_fit_is_named(project: Project, source: str) -> None:
    enable(project, source)
    finding = project.install().failed(1, "IL8")
    assert "my-plugin" in str(finding)


def test_a_finding_of_a_plugin_stops_with_its_own_words(project: Project) -> None:
    source = """
@hookimpl
def interlock_check_resolution(resolution):
    return [Finding(code="IL590", what="not allowed here", fix="ask for something else")]
"""
    enable(project, source)
    finding = project.install().failed(4, "IL590")
    assert finding["what"] == "not allowed here"


def test_a_bad_plugin_leaves_the_environment(project: Project) -> None:
    project.index.wheel("app", "1.0")
    project.declare("app")
    project.install().ok()
    before = project.snapshot()
    enable(project, "@hookimpl\ndef interlock_conda_request(request):\n    raise ValueError\n", "app")
    project.install().failed(1, "IL8")
    assert project.snapshot() == before


def test_plugins_list_tells_what_could_run(project: Project) -> None:
    enable(project, "@hookimpl\ndef interlock_event(event):\n    pass\n")
    project.plugin("idle-plugin", IMPORTS)
    plugins = {entry["name"]: entry for entry in project.run("plugins", "list", "--json").ok().json["plugins"]}
    assert plugins["my-plugin"]["enabled"] is True
    assert plugins["my-plugin"]["hooks"] == ["interlock_event"]
    assert plugins["idle-plugin"]["enabled"] is False
    assert any(entry["builtin"] for entry in plugins.values())
    assert "my-plugin" in project.run("plugins", "list").ok().out


@pytest.mark.parametrize("other", ["Interlock itself", "another"])
def test_a_name_that_several_plugins_have_is_refused(project: Project, other: str) -> None:
    name = "audit" if other == "Interlock itself" else "my-plugin"
    enable(project, "@hookimpl\ndef interlock_check_resolution(resolution):\n    return []\n", name=name)
    if other == "another":
        project.plugin(other, IMPORTS)
        (entry_points,) = project.root.parent.glob("plugins/another-*.dist-info/entry_points.txt")
        entry_points.write_text(f"[interlock]\n{name} = another\n")
    finding = project.make_lock().failed(1, "IL807")
    assert other in finding["why"]
    assert name in finding["what"]
    assert not project.lock_file.exists()


@pytest.mark.parametrize(
    ("hook", "answer", "field"),
    [
        ("interlock_conda_request", "CondaAdditions(specs=('policy',))", "specs"),
        ("interlock_conda_request", "CondaAdditions(constraints=(CondaSpec(spec=5),))", "spec"),
        ("interlock_pypi_request", "PyPIAdditions(constraints='app<2')", "constraints"),
        ("interlock_check_resolution", "[Finding(code='IL890', what='no', severity='error')]", "severity"),
    ],
)
def test_a_field_of_the_wrong_type_is_named(project: Project, hook: str, answer: str, field: str) -> None:
    enable(project, f"@hookimpl\ndef {hook}(request):\n    return {answer}\n")
    finding = project.make_lock().failed(1, "IL806")
    assert "my-plugin" in finding["what"]
    assert hook in finding["what"]
    assert f"{field} cannot be" in finding["why"]
