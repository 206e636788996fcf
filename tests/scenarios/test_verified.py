"""What is locked meets the manifest, and what is installed does: nothing is left out in silence."""

from __future__ import annotations

import shutil

import pytest

from kit.project import PYTHON, Project

pytestmark = pytest.mark.scenario

FORGETFUL = """
from interlock_hooks import hookimpl
from interlock_hooks.types import Resolution

@hookimpl
def interlock_pypi_resolve(request):
    return Resolution(python=request.python, provided=request.provided)
"""


def test_a_resolution_that_lacks_a_requirement_is_never_locked(project: Project) -> None:
    project.index.wheel("app", "1.0")
    project.plugin("forgetful", FORGETFUL)
    manifest = project.declare("app", extra='[tool.interlock]\nplugins = ["forgetful"]\n')
    finding = project.make_lock().failed(1, "IL321")
    assert finding["what"] == "the project requires app, but the resolution does not have it"
    assert "app" in manifest.read_text().splitlines()[finding["where"]["line"] - 1]
    assert not project.lock_file.exists()


def test_the_doctor_knows_the_manifest(project: Project) -> None:
    project.index.wheel("app", "1.0", requires=["lib<2"])
    project.index.wheel("lib", "1.0")
    project.index.wheel("lib", "2.0")
    project.channel.add("no-metadata", "3.0", purls=["thing"], depends=[f"python {PYTHON}.*"])
    override = '[tool.uv]\noverride-dependencies = ["lib>=2"]\n'
    project.declare("app", "thing>=2", conda={"no-metadata": "*"}, extra=override)
    project.install().ok()
    assert project.versions()["lib"] == "2.0"
    # The override counts, and so does what conda supplies without metadata.
    project.run("env", "doctor").ok()
    shutil.rmtree(project.site_packages / "app-1.0.dist-info")
    told = project.run("env", "doctor", "--json")
    assert "app 1.0" in told.failed(4, "IL631")["what"]
    (finding,) = (each for each in told.findings if each["code"] == "IL563")
    assert finding["what"] == "1 requirement of the manifest is not met"
    assert finding["details"] == ["needs app, which is not installed"]
