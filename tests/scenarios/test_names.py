"""PyPI names of conda packages: what conda supplies is pinned, whatever rule says so, and never replaced."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from interlock_hooks.testing.channel import Channel
from kit.documents import serve_documents
from kit.project import PYTHON, Project

pytestmark = pytest.mark.scenario


HELD = {
    "numb/__init__.py": 'origin = "conda"\n',
    "numb-1.5.dist-info/METADATA": "Metadata-Version: 2.1\nName: numb\nVersion: 1.5\n",
    "numb-1.5.dist-info/INSTALLER": "conda\n",
    "numb-1.5.dist-info/RECORD": "numb/__init__.py,,\nnumb-1.5.dist-info/METADATA,,\n",
}


def provided(project: Project) -> dict[str, tuple[str, str]]:
    """For each distribution that conda supplies, by the lock: its version and the rule."""
    resolution = project.lock["environments"]["default"]["platforms"]["linux-64"]["resolution"]
    return {entry["name"]: (entry["version"], entry["rule"]) for entry in resolution["provided"]}


def test_a_package_of_a_channel_without_names_is_not_replaced(project: Project) -> None:
    """Split, unmapped, and of another name than its distribution: its own files say what it is."""
    project.channel.add_distribution("numb", "1.5", python=PYTHON, conda_name="numb-base", declared=False)
    project.channel.add("numb-suite", "1.5", depends=["numb-base 1.5", f"python {PYTHON}.*"])
    project.index.wheel("numb", "2.0")
    project.index.wheel("app", "1.0", requires=["numb"])
    project.declare("app", conda={"numb-suite": "*"})
    project.install().ok()
    assert provided(project)["numb"] == ("1.5", "files")
    assert project.versions()["numb"] == "1.5"
    assert project.python("import numb; print(numb.origin)") == "conda"
    assert project.locked() == {"app": "1.0"}
    for name in ("numb", "numb-base"):
        (named,) = project.run("env", "map", name, "--json").ok().json["packages"]
        assert (named["conda"]["name"], named["pypi"]) == ("numb-base", [{"name": "numb", "version": "1.5"}])
        assert named["rule"] == "files"


def test_a_supplier_that_depends_on_python_only_by_another_package(project: Project) -> None:
    supplier = {f"lib/python{PYTHON}/site-packages/{path}": text for path, text in HELD.items()}
    project.channel.add("runtime", "1.0", depends=[f"python {PYTHON}.*"])
    project.channel.add("numb-build", "1.5", depends=["runtime"], files=supplier)
    project.index.wheel("numb", "2.0")
    project.declare("numb", conda={"numb-build": "*"})
    project.make_lock().ok()
    assert provided(project)["numb"] == ("1.5", "files")
    assert project.locked() == {}


def test_a_supplier_that_no_rule_knows_is_never_installed_over(project: Project) -> None:
    """The finding has the line that makes it known."""
    supplier = {f"lib/python{PYTHON}/site-packages/{path}": text for path, text in HELD.items()}
    # The channel says that it supplies nothing.
    project.channel.add("numb-build", "1.5", depends=[f"python {PYTHON}.*"], files=supplier, purls=[])
    project.index.wheel("numb", "2.0")
    project.declare("numb", conda={"numb-build": "*"})
    finding = project.install().failed(1, "IL615")
    line = f'"{project.channel.url}" = {{ mapping = {{ numb-build = "numb" }} }}'
    assert line in finding["fix"]
    assert project.python("import numb; print(numb.origin)") == "conda"
    names = {project.channel.url: {"mapping": {"numb-build": "numb"}}}
    project.declare("numb", conda={"numb-build": "*"}, workspace={"conda-pypi-map": names})
    project.install().ok()
    assert (provided(project)["numb"], project.locked()) == (("1.5", "inline"), {})
    assert project.python("import numb; print(numb.origin)") == "conda"


def test_a_map_is_for_its_channel_and_can_be_at_an_address(project: Project, tmp_path: Path) -> None:
    python = f"python {PYTHON}.*"
    # Without metadata of Python in them, so that names are all there is to go by.
    project.channel.add("widget", "1.0", depends=[python], purls=["wrong"])
    other = Channel(tmp_path / "other")
    other.add("gadget", "2.0", depends=[python])
    other.add("gizmo", "3.0", depends=[python])
    for name in ("py-widget", "py-gadget", "py-gizmo"):
        project.index.wheel(name, "9.0")
    with serve_documents() as documents:
        documents.put("map.json", json.dumps({"gizmo": "py_gizmo"}), max_age=0)
        names = {
            project.channel.url: {
                "mapping": {"widget": "py-widget", "gadget": "py-gadget"},
                "mapping-mode": "replace",
            },
            other.url: f"{documents.url}/map.json",
        }
        workspace = {"channels": [project.channel.url, other.url], "conda-pypi-map": names}
        conda = {"widget": "*", "gadget": "*", "gizmo": "*"}
        project.declare("py-widget", "py-gadget", "py-gizmo", conda=conda, workspace=workspace)
        project.make_lock().ok()
        known = provided(project)
        assert {name: known[name] for name in ("py-widget", "py-gizmo")} == {
            "py-widget": ("1.0", "inline"),
            "py-gizmo": ("3.0", "map"),
        }
        assert "wrong" not in known
        (named,) = project.run("env", "map", "widget", "--json").ok().json["packages"]
        assert (named["rule"], named["where"]["key"].rpartition(".")[2]) == ("inline", "widget")
        assert project.locked() == {"py-gadget": "9.0"}
        asked = len(documents.requests)
        project.make_lock().ok()
        assert len(documents.requests) == asked
    names[other.url] = {"location": names[other.url], "mapping": {"gadget": "py-gadget"}}
    project.declare("py-widget", "py-gizmo", conda=conda, workspace=workspace)
    result = project.run("env", "map", "py-gadget", "--json").ok()
    assert [(named["conda"]["name"], named["rule"]) for named in result.json["packages"]] == [("gadget", "inline")]
    assert [finding["code"] for finding in result.findings] == ["IL243", "IL246"]
    result = project.make_lock().ok()
    assert [finding["code"] for finding in result.findings] == ["IL243"]
    assert provided(project)["py-gizmo"] == ("3.0", "map")
