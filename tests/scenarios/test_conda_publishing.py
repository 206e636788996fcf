"""Wheels that were built, as conda packages: another project takes them from the channel, without building anything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kit.project import PYTHON, Project

pytestmark = pytest.mark.scenario


def test_another_project_takes_what_was_built_from_a_channel(project: Project, tmp_path: Path) -> None:
    project.channel.add_distribution("Dep", "1.5", python=PYTHON, conda_name="py-dep")
    module = {"ext/__init__.py": "import dep\ndef main(): print(dep.origin)\n"}
    project.index.sdist("ext", "1.0", requires=["dep>=1,<2", "never; python_version < '3'"], modules=module)
    project.index.wheel("other", "1.0")
    project.index.sdist("needy", "1.0", requires=["other"])
    project.declare("ext", "needy", conda={"py-dep": "*"})
    place = tmp_path / "published"
    finding = project.run("wheels", "publish", "--conda", str(place), "--json").failed(1, "IL678")
    assert finding["details"] == ["other: no channel of the environment has a package that supplies other"]
    assert not place.exists()
    unknown = project.run("wheels", "publish", str(place), "ext", "gone", "--json").failed(1, "IL674")
    assert unknown["what"] == "environment 'default' has no wheel of gone to publish"
    (published,) = project.run("wheels", "publish", "--conda", str(place), "ext", "--json").ok().json["wheels"]
    again = project.run("wheels", "publish", "--conda", str(place), "ext", "--json").ok().json["wheels"]
    assert (published["added"], again) == (True, [{**published, "added": False}])
    records = json.loads((place / "linux-64" / "repodata.json").read_text())["packages.conda"]
    (record,) = records.values()
    low, high = PYTHON, f"3.{int(PYTHON[2:]) + 1}.0a0"
    abi = f"python_abi {PYTHON}.* *_cp{PYTHON.replace('.', '')}"
    assert record["depends"] == [f"python >={low},<{high}", abi, "py-dep <2.0.0a0,>=1"]
    # Somebody who has neither the source nor the index.
    other = Project(tmp_path / "consumer", project.channel, project.index, tmp_path / "caches")
    other.declare(conda={"ext": "*"}, workspace={"channels": [place.as_uri(), project.channel.url]})
    other.install().ok()
    assert other.python("import ext; ext.main()") == "conda"
    assert {"ext", "py-dep"} <= other.conda_versions().keys()
    other.run("env", "doctor", "--json").ok()
