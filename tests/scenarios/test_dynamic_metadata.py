"""sdists that cannot say what they require until they see what is installed."""

from __future__ import annotations

from typing import Any

import pytest

from interlock_hooks.testing.sdists import Backend
from kit.miniatures import add_axolotl, add_flash_attn, add_torch, add_torch_scatter
from kit.project import Project
from kit.toolkit import add_toolkit

pytestmark = pytest.mark.scenario


def matching(name: str) -> str:
    return f'[tool.uv.extra-build-dependencies]\n{name} = [{{ requirement = "torch", match-runtime = true }}]\n'


@pytest.fixture
def torched(project: Project) -> Project:
    """A project with two torches and a toolkit to choose from."""
    add_torch(project.index, "2.6.0", "2.7.0")
    add_toolkit(project.channel, "12.4.1")
    return project


def test_torch_scatter_matches_the_runtime(torched: Project) -> None:
    add_torch_scatter(torched.index, "2.1.2")
    torched.declare("torch==2.6.0", "torch-scatter", extra=matching("torch-scatter"))
    torched.install().ok()
    assert torched.built("torch-scatter")["imports"] == {"torch": "2.6.0"}


def test_metadata_is_made_without_installing(torched: Project) -> None:
    add_flash_attn(torched.index, "2.7.4")
    extra = '[tool.pixi.system-requirements]\ncuda = "12.4"\n' + matching("flash-attn")
    torched.declare("torch==2.6.0", "flash-attn", conda={"cuda-toolkit": "*"}, extra=extra)
    torched.make_lock().ok()
    assert torched.locked()["einops"] == "0.8.0"
    assert not torched.prefix.exists()


NEEDS_NVCC = """
import os, shutil
from setuptools import setup

if shutil.which("nvcc") is None:
    raise RuntimeError("kernels was requested, but nvcc was not found")
setup(name="kernels", version="1.0", install_requires=["einops"] + ["extra-one"] * ("EXTRA" in os.environ))
"""


BACKEND_FIRST = '[tool.interlock.build]\nmetadata = "backend"\n'


def said_of(project: Project, name: str) -> dict[str, Any]:
    """What ``env why`` says of the metadata of a package."""
    (package,) = project.run("env", "why", name, "--json").ok().json["packages"]
    found: dict[str, Any] = package["metadata"]
    return found


def test_what_a_source_proves_is_locked_without_running_it(project: Project) -> None:
    project.index.wheel("einops", "0.8.0")
    proven = NEEDS_NVCC.replace(' + ["extra-one"] * ("EXTRA" in os.environ)', "")
    project.index.sdist("kernels", "1.0", dynamic=True, setup_py=proven)
    project.declare("kernels")
    assert project.make_lock().ok().json["findings"] == []
    assert project.locked()["einops"] == "0.8.0"
    (said,) = project.lock["environments"]["default"]["platforms"]["linux-64"]["resolution"]["metadata"]
    assert (said["origin"], said["place"], said["requires-dist"]) == ("static", "setup.py:7", ["einops"])
    assert said_of(project, "kernels") == {"origin": "static", "place": "setup.py:7", "refuted": []}
    assert "read from setup.py:7, which was not run" in project.run("env", "why", "kernels").ok().out
    assert project.make_lock("--check").ok().json["changed"] is False
    project.install("--locked").failed(3, "IL430")
    # The backend comes first where the manifest says so. It has to run, and cannot.
    project.declare("kernels", extra=BACKEND_FIRST)
    project.make_lock("--check").failed(1, "IL606")
    found = project.make_lock().ok().json["findings"]
    assert [each["code"] for each in found] == ["IL485"]
    assert "setup.py:7" in found[0]["what"]
    assert "nvcc" in found[0]["why"]


def test_without_nvcc_a_source_that_proves_nothing_fails_the_lock_unless_its_package_info_is_accepted(
    project: Project,
) -> None:
    project.index.wheel("einops", "0.8.0")
    stated = {"kernels.egg-info/PKG-INFO": "Name: kernels\n", "kernels.egg-info/requires.txt": "einops\n"}
    project.index.sdist("kernels", "1.0", dynamic=True, setup_py=NEEDS_NVCC, files=stated)
    project.declare("kernels")
    refused = project.make_lock().failed(3, "IL4")
    assert "nvcc was not found" in refused["why"]
    assert '`metadata = "assume"` in `[tool.interlock.build.packages.kernels]`' in refused["fix"]
    project.declare("kernels", extra='[tool.interlock.build.packages.kernels]\nmetadata = "assume"\n')
    assert [each["code"] for each in project.make_lock().ok().findings] == ["IL486"]
    assert project.locked()["einops"] == "0.8.0"
    assert said_of(project, "kernels")["origin"] == "pkg-info"


def test_a_wheel_that_requires_something_else_than_was_locked_changes_nothing_and_is_learned(project: Project) -> None:
    for name in ("one", "two"):
        project.index.wheel(name, "1.0")
    backend = Backend(on_metadata="config['requires'] = ['two>=1']")
    project.index.sdist("liar", "1.0", requires=["one"], backend=backend)
    project.declare("two")
    project.install().ok()
    before = project.snapshot()
    project.declare("liar")
    project.make_lock().ok()
    assert project.install().failed(4, "IL554")["details"] == ["- one", "+ two>=1"]
    # The wheel is in the store by now, which changes nothing.
    locked = project.lock_file.read_bytes()
    assert project.install("--locked").failed(4, "IL554")["details"] == ["- one", "+ two>=1"]
    assert project.lock_file.read_bytes() == locked
    # Neither the package that left nor those that joined were touched.
    assert {**project.snapshot(), "interlock.lock": ""} == {**before, "interlock.lock": ""}
    assert project.make_lock().ok().json["changed"] is True
    assert project.locked() == {"liar": "1.0", "two": "1.0"}
    assert said_of(project, "liar") == {"origin": "backend", "place": None, "refuted": ["sdist"]}
    assert project.make_lock().ok().json["changed"] is False
    assert project.install("--locked").ok().json["built"][0]["from_store"] is True
    assert project.versions() == {"liar": "1.0", "two": "1.0"}


def test_a_wheel_may_differ_from_what_the_manifest_declares(project: Project) -> None:
    project.index.wheel("one", "1.0")
    project.index.sdist("own", "1.0", requires=["one"], dynamic=True)
    declared = '[[tool.uv.dependency-metadata]]\nname = "own"\nversion = "1.0"\n'
    project.declare("own", extra=declared)
    installed = project.install().ok()
    assert project.versions() == {"own": "1.0"}
    assert [(each["code"], each["severity"], each["details"]) for each in installed.findings] == [
        ("IL555", "note", ["+ one"])
    ]
    assert said_of(project, "own")["origin"] == "manifest"


@pytest.mark.parametrize("mode", ["matched", "no-isolation"])
def test_requirements_follow_the_torch_that_is_resolved(torched: Project, mode: str) -> None:
    add_axolotl(torched.index, "0.9.0")
    extra = ""
    if mode == "matched":
        torched.declare("torch==2.7.0", "axolotl")
        refused = torched.make_lock("--json")
        refused.failed(1, "IL310")
        (note,) = (each for each in refused.findings if each["code"] == "IL487")
        assert "requires torch==2.6.0" in note["why"]
        # What it shows is what mends it.
        extra = "\n".join(note["details"])
    options = {"no-build-isolation": ["axolotl"]} if mode == "no-isolation" else {}
    found = {}
    for torch in ("2.6.0", "2.7.0"):
        torched.declare(f"torch=={torch}", "axolotl", pypi_options=options, extra=extra)
        torched.make_lock().ok()
        found[torch] = torched.locked()["xformers"]
    assert found == {"2.6.0": "0.0.29", "2.7.0": "0.0.30"}
    torched.install("--locked").ok()
    assert torched.versions()["xformers"] == "0.0.30"


def test_metadata_that_needs_another_sdist_is_had_while_locking(project: Project) -> None:
    project.index.sdist("first", "1.0", modules={"first.py": "DEP = 'dep'"})
    project.index.wheel("dep", "1.0")
    backend = Backend(metadata_imports=["first"], on_metadata="import first; config['requires'] = [first.DEP]")
    project.index.sdist("second", "1.0", dynamic=True, backend=backend)
    extra = '[tool.uv.extra-build-dependencies]\nsecond = [{ requirement = "first", match-runtime = true }]\n'
    project.declare("first", "second", extra=extra)
    result = project.make_lock().ok()
    assert project.locked()["dep"] == "1.0"
    assert not project.prefix.exists()
    steps = [("first", "requirements"), ("first", "wheel"), ("second", "metadata")]
    assert [(each["name"], each["step"]) for each in result.json["ran"]] == steps
    assert result.json["ran"][2]["why"] == "only the build backend kit_backend knows it"
    assert "ran code of first 1.0 (build requirements, build), second 1.0 (metadata)\n" in result.err
    assert project.make_lock().ok().json["ran"] == []
    installed = project.install("--locked").ok().json
    assert {wheel["name"]: wheel["from_store"] for wheel in installed["built"]} == {"first": True, "second": False}
    assert [(each["name"], each["step"], each["why"]) for each in installed["ran"]] == [("second", "wheel", None)]
    assert project.install().ok().json["ran"] == []
    # What the store knows is not asked again.
    project.lock_file.unlink()
    assert project.make_lock().ok().json["ran"] == []


@pytest.mark.parametrize("listed", [[], ["first", "second"]], ids=["isolated", "no-isolation"])
def test_metadata_that_turns_out_to_need_another_sdist(project: Project, listed: list[str]) -> None:
    project.index.wheel("dep", "1.0")
    project.index.sdist("first", "1.0", dynamic=True, modules={"first.py": "DEP = 'dep'"})
    backend = Backend(metadata_imports=["first"], on_metadata="import first; config['requires'] = [first.DEP]")
    project.index.sdist("second", "1.0", dynamic=True, backend=backend)
    project.declare("second", "first", pypi_options={"no-build-isolation": listed})
    project.make_lock().ok()
    assert project.locked() == {"dep": "1.0", "first": "1.0", "second": "1.0"}
    built = project.install("--locked").ok().json["built"]
    assert {wheel["name"]: wheel["from_store"] for wheel in built} == {"first": True, "second": False}


def test_sdists_that_turn_out_to_need_each_other_are_named(project: Project) -> None:
    for name, other in (("first", "second"), ("second", "first")):
        backend = Backend(metadata_imports=[other])
        project.index.sdist(name, "1.0", dynamic=True, modules={f"{name}.py": ""}, backend=backend)
    project.declare("first", "second", pypi_options={"no-build-isolation": ["first", "second"]})
    finding = project.make_lock().failed(3, "IL418")
    assert "first -> second -> first" in finding["why"]


def test_extras_of_dynamic_packages_are_followed(torched: Project) -> None:
    add_axolotl(torched.index, "0.9.0")
    add_flash_attn(torched.index, "2.7.4")
    extra = '[tool.pixi.system-requirements]\ncuda = "12.4"\n'
    options = {"no-build-isolation": ["axolotl", "flash-attn"]}
    requirements = ("torch==2.6.0", "axolotl[flash-attn]")
    torched.declare(*requirements, conda={"cuda-toolkit": "*"}, pypi_options=options, extra=extra)
    torched.install().ok()
    assert torched.versions()["flash-attn"] == "2.7.4"


def test_declared_metadata_runs_nothing(project: Project) -> None:
    project.index.wheel("lib", "1.0")
    failing = Backend(on_metadata="raise SystemExit('must not run')")
    project.index.sdist("secretive", "1.0", dynamic=True, backend=failing)
    extra = """
    [[tool.uv.dependency-metadata]]
    name = "secretive"
    version = "1.0"
    requires-dist = ["lib"]
    """
    project.declare("secretive", extra=extra)
    project.make_lock().ok()
    assert project.locked() == {"lib": "1.0", "secretive": "1.0"}


def test_versions_that_are_not_used_are_never_run(project: Project) -> None:
    for version in ("1.0", "2.0", "3.0"):
        marker = project.root / f"ran-{version}"
        code = f"open({str(marker)!r}, 'w').close()"
        project.index.sdist("many", version, dynamic=True, backend=Backend(on_metadata=code))
    project.declare("many<3", extra=f'[tool.interlock.build]\nwritable = ["{project.root}"]\n')
    project.make_lock().ok()
    assert project.locked() == {"many": "2.0"}
    assert sorted(path.name for path in project.root.glob("ran-*")) == ["ran-2.0"]


def test_a_cycle_is_told_with_its_two_states(torched: Project) -> None:
    code = """
import torch
other = "2.7.0" if torch.__version__ == "2.6.0" else "2.6.0"
config["requires"] = ["torch==" + other]
"""
    torched.index.sdist("fickle", "1.0", dynamic=True, backend=Backend(on_metadata=code))
    torched.declare("torch", "fickle", extra=matching("fickle"))
    result = torched.make_lock()
    assert result.code in (1, 3), str(result)
    story = str(result.findings)
    assert "2.6.0" in story
    assert "2.7.0" in story
    assert "fickle" in story


def test_failing_metadata_is_a_failed_build(project: Project) -> None:
    project.index.sdist("broken", "1.0", dynamic=True, backend=Backend(on_metadata="raise SystemExit('no metadata')"))
    project.declare("broken")
    finding = project.make_lock().failed(3, "IL4")
    assert "broken" in finding["what"]
    assert not project.lock_file.exists()


def test_a_backend_that_cannot_prepare_metadata_is_built(project: Project) -> None:
    project.index.wheel("lib", "1.0")
    backend = Backend(prepares_metadata=False)
    project.index.sdist("old", "1.0", dynamic=True, requires=["lib"], backend=backend)
    project.declare("old")
    project.make_lock().ok()
    assert project.locked() == {"lib": "1.0", "old": "1.0"}


def test_a_dynamic_lock_is_stable(torched: Project) -> None:
    add_axolotl(torched.index, "0.9.0")
    torched.declare("torch==2.6.0", "axolotl", extra=matching("axolotl"))
    torched.make_lock().ok()
    lock = torched.lock_file.read_bytes()
    assert torched.make_lock().ok().json["changed"] is False
    torched.lock_file.unlink()
    torched.make_lock().ok()
    assert torched.lock_file.read_bytes() == lock


def test_an_extra_that_the_backend_gives_beside_another_torch(torched: Project) -> None:
    """axolotl has ``vllm`` only beside some versions of torch."""
    look = "import torch\nif torch.__version__ < '2.7': config['extras'].remove('vllm')"
    torched.index.sdist(
        "axolotl", "0.12.2", extras={"vllm": []}, dynamic=True, backend=Backend(requires=["torch"], on_metadata=look)
    )
    torched.declare("torch==2.6.0", "axolotl[vllm,none]", extra=matching("axolotl"))
    done = torched.make_lock().ok()
    found = {finding["what"]: finding for finding in done.findings}
    assert set(found) == {
        f"axolotl 0.12.2 has no extra named {extra!r} beside torch 2.6.0" for extra in ("vllm", "none")
    }
    gone, wrong = (
        found[f"axolotl 0.12.2 has no extra named {extra!r} beside torch 2.6.0"] for extra in ("vllm", "none")
    )
    assert (gone["code"], gone["severity"], gone["where"]["key"]) == ("IL351", "warning", "project.dependencies[1]")
    assert "names the extra, so it has it beside another version of torch" in gone["why"]
    assert gone["fix"] == "ask for another version of torch, or leave the extra out"
    assert "source distribution" not in wrong["why"]
    torched.declare("torch==2.7.0", "axolotl[vllm]", extra=matching("axolotl"))
    assert torched.make_lock().ok().findings == []
