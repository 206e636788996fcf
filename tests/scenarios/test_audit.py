"""Extension modules that do not fit the torch of the environment are kept out; those that fit work."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import tomli_w

from kit.compiled import compile_library, extension_source
from kit.miniatures import add_compiled_torch, add_cpp_extension, cpp_extension_wheel
from kit.project import Project

pytestmark = pytest.mark.scenario

SYMBOL = "c10::check(char const*)"
TRUST = '\n[tool.interlock.audit]\ntrust = ["ext"]\n'


@pytest.fixture
def torches(project: Project, tmp_path: Path) -> Project:
    """A project whose index has two torches that differ in one C++ function."""
    add_compiled_torch(project.index, tmp_path / "torches")
    return project


def test_a_build_against_another_torch_is_kept_out(torches: Project) -> None:
    # What an isolated build does that has an opinion of its own on torch.
    add_cpp_extension(torches.index, "2.6.0", build_requires=["torch==2.6.0"])
    torches.declare("ext", "torch==2.7.0")
    result = torches.install()
    finding = result.failed(4, "IL540")
    assert finding["what"] == "ext 1.0 does not fit torch 2.7.0: it needs 1 symbol that libc10.so does not define"
    assert SYMBOL in finding["details"]
    assert 'requirement = "torch", match-runtime = true' in finding["fix"]
    assert torches.versions() == {"torch": "2.7.0"}
    torches.declare("ext", "torch==2.6.0")
    torches.install().ok()
    assert torches.python("import ext; print(ext.answer)") == "26"
    doctor = torches.run("env", "doctor", "--json").ok()
    assert doctor.json["checked"]["compiled modules"] == 2


def test_a_wheel_by_path_is_kept_out_unless_it_is_trusted(torches: Project, tmp_path: Path) -> None:
    wheel = cpp_extension_wheel(tmp_path / "elsewhere", "2.6.0")
    torches.declare(f"ext @ {wheel.as_uri()}", "torch==2.7.0")
    finding = torches.install().failed(4, "IL540")
    assert SYMBOL in finding["details"]
    assert torches.versions() == {"torch": "2.7.0"}
    told = torches.run("audit", str(wheel), "--prefix", str(torches.prefix), "--json")
    assert told.failed(4, "IL540")["details"] == finding["details"]
    torches.declare(f"ext @ {wheel.as_uri()}", "torch==2.7.0", extra=TRUST)
    result = torches.install().ok()
    assert [each["severity"] for each in result.findings if each["code"] == "IL540"] == ["warning"]
    assert torches.run("env", "doctor", "--json").failed(4, "IL540")["details"] == finding["details"]
    torches.declare(f"ext @ {wheel.as_uri()}", "torch==2.6.0")
    torches.install().ok()
    assert torches.python("import ext; print(ext.answer)") == "26"


LINKED = """
import os
from setuptools import Extension, setup
where = [os.environ["CONDA_PREFIX"] + "/lib"]
module = Extension("ext._ext", ["ext.cpp"], library_dirs=where, libraries=["foo"])
setup(name="ext", version="1.0", packages=["ext"], ext_modules=[module])
"""


def test_another_version_of_a_conda_library_makes_a_new_build(project: Project, tmp_path: Path) -> None:
    for version in ("1", "2"):
        soname = f"libfoo.so.{version}"
        library = compile_library(tmp_path / version / "libfoo.so", "int foo() { return 0; }", soname=soname)
        files = {f"lib/{name}": library.read_bytes() for name in ("libfoo.so", soname)}
        project.channel.add("foo", version, files=files)
    project.index.sdist(
        "ext",
        "1.0",
        setup_py=LINKED,
        pyproject=tomli_w.dumps({"build-system": {"requires": ["setuptools"]}}),
        files={"ext.cpp": extension_source("_ext", "int foo();", "foo()")},
    )
    for version in ("1", "2"):
        project.declare("ext", conda={"foo": f"{version}.*"})
        (wheel,) = project.install().ok().json["built"]
        assert wheel["from_store"] is False


def test_what_is_locked_is_looked_up_among_advisories(project: Project) -> None:
    project.index.wheel("app", "1.0", requires=["lib"])
    project.index.wheel("lib", "1.0")
    project.declare("app", extra='[[tool.interlock.audit.ignore]]\nid = "CVE-2"\nreason = "not used"\n')
    project.make_lock().ok()
    folder = project.root / "osv"
    folder.mkdir()
    for number, name in ((1, "Lib"), (2, "app")):
        about = {"package": {"ecosystem": "PyPI", "name": name}, "versions": ["1.0"]}
        record = {"id": f"GHSA-{number}", "aliases": [f"CVE-{number}"], "summary": "bad", "affected": [about]}
        (folder / f"{number}.json").write_text(json.dumps(record))
    result = project.run("audit", "--advisories", "--database", "osv", "--json")
    finding = result.failed(4, "IL581")
    assert finding["why"].startswith("app 1.0 requires it")
    assert [(each["id"], each["ignored"]) for each in result.json["advisories"]] == [
        ("GHSA-2", "not used"),
        ("GHSA-1", None),
    ]
    project.run("audit", "--advisories", "--database", "nowhere.zip", "--json").failed(1, "IL582")
