"""Sources of which nothing is known before their backend ran: paths, repositories, and archives at a URL."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from interlock_hooks.testing.files import Content, write_tar, write_tree
from interlock_hooks.testing.sdists import Backend, Source
from interlock_hooks.testing.wheels import write_wheel
from kit.git import Repository
from kit.project import PYTHON, Project

pytestmark = pytest.mark.scenario

# Each form in some mode: how a source is had does not depend on how it is built.
FORMS = {
    "no-isolation": ("branch", "module", "archive", "editable"),
    "matched": ("tag", "named", "editable"),
    "isolated": ("rev", "below", "path"),
}


def source(name: str, on_metadata: str = "") -> Source:
    """A project whose backend imports torch to tell anything at all."""
    backend = Backend(metadata_imports=["torch"], imports=["torch"], on_metadata=on_metadata)
    return Source(name=name, version="2.8.0", requires=["einops"], dynamic=True, backend=backend)


def below(folder: str, files: dict[str, Content]) -> dict[str, Content]:
    return {f"{folder}/{path}": content for path, content in files.items()}


@pytest.fixture
def torched(project: Project) -> Project:
    """A project whose torch comes from conda."""
    project.channel.add_distribution("torch", "2.6.0", python=PYTHON)
    project.index.wheel("einops", "0.8.0")
    project.index.wheel("lib", "1.0")
    return project


@pytest.fixture
def forms(torched: Project) -> dict[str, str]:
    """A requirement for each way to name a source."""
    base = torched.root.parent
    found = {}
    repository = Repository(base / "repository")
    for name in ("branch", "tag", "rev"):
        commit = repository.commit(source(name).tree())
        repository.git("branch", f"b-{name}")
        repository.git("tag", f"t-{name}")
        found[name] = f"git+{repository.url}@" + {"branch": "b-branch", "tag": "t-tag", "rev": commit}[name]
    nested = Repository(base / "nested")
    nested.commit(below("sub", source("below").tree()))
    found["below"] = f"git+{nested.url}#subdirectory=sub"
    parts = Repository(base / "parts")
    parts.commit({"requirement.txt": "lib"})
    outer = Repository(base / "outer")
    outer.add_submodule(parts, "parts")
    outer.commit(source("module", "config['requires'] = [open('parts/requirement.txt').read()]").tree())
    found["module"] = f"git+{outer.url}"
    for name, file, top in (("archive", "main", "archive-main"), ("named", "named-2.8.0", "named-2.8.0")):
        write_tar(torched.index.folder / f"archives/{file}.tar.gz", below(top, source(name).tree()))
        found[name] = f"{torched.index.url.replace('/simple/', '/files/')}archives/{file}.tar.gz"
    return {name: f"{name} @ {place}" for name, place in found.items()}


def matched(name: str) -> str:
    return f'{name} = [{{ requirement = "torch", match-runtime = true }}]\n'


@pytest.mark.parametrize("mode", FORMS)
def test_what_only_the_backend_tells_is_learned(torched: Project, forms: dict[str, str], mode: str) -> None:
    (torched.home / ".gitconfig").write_text("[protocol.file]\nallow = always\n")
    names = FORMS[mode]
    for name in ("path", "editable"):
        source(name).write_tree(torched.root / name)
    options = {"no-build-isolation": list(names)} if mode == "no-isolation" else {}
    extra = "[tool.uv.extra-build-dependencies]\n" + "".join(map(matched, names)) if mode == "matched" else ""
    paths = {"path": '{ path = "path" }', "editable": '{ path = "editable", editable = true }'}
    lines = [f"{name} = {paths[name]}\n" for name in names if name in paths]
    extra += "".join(["[tool.pixi.pypi-dependencies]\n", *lines])
    torched.declare(
        *(forms[name] for name in names if name in forms), conda={"torch": "*"}, pypi_options=options, extra=extra
    )
    torched.install().ok()
    expected = {**dict.fromkeys(names, "2.8.0"), "einops": "0.8.0", "torch": "2.6.0"}
    assert torched.versions() == expected | ({"lib": "1.0"} if "module" in names else {})
    assert torched.install("--locked").ok().json["changed"] is False


LEGACY = """\
import torch
from setuptools import setup
setup(name="fa", version="2.8.0", packages=["fa"], install_requires=["einops"])
"""


def test_a_setup_py_that_imports_what_conda_provides(torched: Project) -> None:
    repository = Repository(torched.root.parent / "repository")
    repository.commit({"setup.py": LEGACY, "fa/__init__.py": "number = 1\n"})
    torched.declare(f"fa @ git+{repository.url}", conda={"torch": "*"}, pypi_options={"no-build-isolation": True})
    torched.install().ok()
    assert torched.versions() == {"fa": "2.8.0", "einops": "0.8.0", "torch": "2.6.0"}


# -- versions that change --------------------------------------------------------------------------------------------

CLOCK = "import time; config['version'] = f'1.{time.time_ns()}'"


def moving(name: str, **more: Any) -> Source:
    """A project with another version each time that its backend is asked."""
    return Source(name=name, version="0", backend=Backend(on_metadata=CLOCK, **more), dynamic=True)


@pytest.mark.parametrize("form", ["path", "editable", "git"])
def test_versions_that_change_with_time(project: Project, form: str) -> None:
    project.index.wheel("app", "1.0", requires=["clock>=1"])
    tree = moving("clock").write_tree(project.root / "clock")
    address = {"path": '{ path = "clock" }', "editable": '{ path = "clock", editable = true }'}
    if form == "git":
        repository = Repository(tree)
        repository.commit({})
        address["git"] = f'{{ git = "{repository.url}" }}'
    project.declare("app", extra=f"[tool.pixi.pypi-dependencies]\nclock = {address[form]}\n")
    project.install().ok()
    first = project.versions()["clock"]
    assert project.install("--locked").ok().json["changed"] is False
    project.run("env", "doctor").ok()
    shutil.rmtree(project.cache / "wheels")
    shutil.rmtree(project.prefix)
    project.install("--locked").ok()
    assert project.versions()["clock"] != first


def test_what_an_editable_project_says_that_its_build_depends_on(project: Project) -> None:
    tree = moving("clock").write_tree(project.root / "clock")
    with (tree / "pyproject.toml").open("a") as manifest:
        manifest.write('\n[tool.uv]\ncache-keys = [{ file = "csrc/**/*.cu" }]\n')
    project.declare(extra='[tool.pixi.pypi-dependencies]\nclock = { path = "clock", editable = true }\n')
    project.install().ok()
    first = project.versions()
    write_tree(tree, {"csrc/notes.md": "", "README.md": ""})
    project.install("--locked").ok()
    assert project.versions() == first
    write_tree(tree, {"csrc/kernels/add.cu": ""})
    project.install("--locked").ok()
    assert project.versions() != first


def test_a_version_of_the_manifest_does_not_count(project: Project) -> None:
    for name in ("lib", "lab"):
        Source(name=name, version="1.0").write_tree(project.root / name)
    lines = 'lib = { path = "lib" }\nlab = { path = "lab", editable = true }\n'
    project.declare(extra="[tool.pixi.pypi-dependencies]\n" + lines)
    project.install().ok()
    lock = project.lock_file.read_bytes()
    for name in ("lib", "lab"):
        Source(name=name, version="2.0").write_tree(project.root / name)
    assert project.install("--locked").ok().json["changed"] is True
    assert project.versions() == {"lib": "2.0", "lab": "2.0"}
    assert project.lock_file.read_bytes() == lock
    Source(name="lib", version="2.0", requires=["app"]).write_tree(project.root / "lib")
    project.index.wheel("app", "1.0")
    project.install("--locked").failed(1, "IL606")
    project.install().ok()
    assert project.versions()["app"] == "1.0"


def test_a_version_that_others_refuse_is_locked_again(project: Project) -> None:
    tree = project.root / "lib"
    project.index.wheel("app", "1.0", requires=["lib<2"])
    Source(name="lib", version="1.0").write_tree(tree)
    project.declare("app", extra='[tool.pixi.pypi-dependencies]\nlib = { path = "lib" }\n')
    project.install().ok()
    Source(name="lib", version="2.0").write_tree(tree)
    assert "app 1.0 requires lib<2, and lib is 2.0" in str(project.install("--locked").failed(1, "IL607"))
    project.install().failed(1, "IL3")
    project.index.wheel("app", "1.1", requires=["lib>=1.5"])
    project.install().ok()
    assert project.versions() == {"app": "1.1", "lib": "2.0"}
    project.install("--locked").ok()


def test_requirements_that_no_known_file_shows_are_locked_again(project: Project) -> None:
    for name in ("one", "two"):
        project.index.wheel(name, "1.0")
    backend = Backend(on_metadata="config['requires'] = [open('deep/down/list').read()]")
    tree = Source(name="lib", version="1.0", dynamic=True, backend=backend, files={"deep/down/list": "one"})
    folder = tree.write_tree(project.root / "lib")
    project.declare(extra='[tool.pixi.pypi-dependencies]\nlib = { path = "lib" }\n')
    project.install().ok()
    (folder / "deep/down/list").write_text("two")
    assert "lib requires two" in str(project.install("--locked").failed(1, "IL607"))
    project.install().ok()
    assert project.versions() == {"lib": "1.0", "two": "1.0"}
    project.install("--locked").ok()


def test_a_tree_that_only_another_one_requires_is_locked_again(project: Project) -> None:
    project.index.wheel("one", "1.0")
    outer = Source(name="outer", version="1.0", requires=["inner"]).write_tree(project.root / "outer")
    with (outer / "pyproject.toml").open("a") as manifest:
        manifest.write('\n[tool.uv.sources]\ninner = { path = "../inner" }\n')
    Source(name="inner", version="1.0").write_tree(project.root / "inner")
    project.declare("outer @ .#subdirectory=outer")
    project.install().ok()
    Source(name="inner", version="1.0", requires=["one"]).write_tree(project.root / "inner")
    refused = project.make_lock("--check").failed(1, "IL606")
    assert "the manifest or the local source of outer or inner changed after" in str(refused)
    project.install().ok()
    assert project.versions() == {"inner": "1.0", "one": "1.0", "outer": "1.0"}
    assert project.install("--locked").ok().json["changed"] is False


def test_a_wheel_that_was_built_again_in_its_place_is_locked_again(project: Project) -> None:
    project.index.wheel("one", "1.0")
    wheel = write_wheel(project.root / "dist", "lib", "1.0")
    project.declare("lib @ ./dist/lib-1.0-py3-none-any.whl")
    project.install().ok()
    assert write_wheel(project.root / "dist", "lib", "1.0", requires=["one"]) == wheel
    assert f"{wheel} changed after the lock" in str(project.make_lock("--check").failed(1, "IL606"))
    project.install().ok()
    assert project.versions() == {"lib": "1.0", "one": "1.0"}
    assert project.install("--locked").ok().json["changed"] is False


# -- places beside the project ---------------------------------------------------------------------------------------


@pytest.fixture
def neighbours(project: Project) -> Project:
    """A project whose sources, wheels and channel lie beside it and are named by relative paths."""
    base = project.root.parent
    for name in ("lib", "lab", "tool"):
        code = {f"{name}.py": f"place = {name!r}\n"}
        Source(name=name, version="1.0", modules=code).write_tree(base / "src" / name)
    write_wheel(base / "dist", "flat", "1.0")
    write_wheel(base / "dist", "named", "1.0")
    project.declare(
        "lab @ file:../src/lab",
        "named @ ../dist/named-1.0-py3-none-any.whl",
        "tool @ {root:parent:uri}/src/tool",
        "flat",
        pypi_options={"find-links": [{"path": "../dist"}]},
        workspace={"channels": ["../channel"]},
        extra='[tool.pixi.pypi-dependencies]\nlib = { path = "../src/lib", editable = true }\n',
    )
    project.channel.index()
    return project


def test_places_beside_the_project_are_relative_in_the_lock(neighbours: Project) -> None:
    neighbours.install().ok()
    base = str(neighbours.root.parent)
    assert base not in neighbours.lock_file.read_text()
    artifacts = {block["name"]: block["artifact"]["url"] for block in neighbours.lock["pypi"]}
    assert artifacts["lib"] == "../src/lib"
    assert artifacts["flat"] == "../dist/flat-1.0-py3-none-any.whl"


@pytest.mark.parametrize("option", ["--locked", "--frozen"])
def test_another_checkout_uses_its_own_neighbours(neighbours: Project, option: str) -> None:
    neighbours.install().ok()
    first = neighbours.root.parent
    other = first.with_name(f"{first.name}-other")
    other.mkdir()
    for name in ("src", "dist", "channel"):
        shutil.copytree(first / name, other / name)
    shutil.copytree(neighbours.root, other / "project", ignore=shutil.ignore_patterns(".interlock"))
    neighbours.root = other / "project"
    for name in ("lib", "lab", "tool"):
        (other / "src" / name / f"src/{name}.py").write_text(f"place = 'the other {name}'\n")
        settings = other / "src" / name / "kit_backend.json"
        settings.write_text(settings.read_text().replace(f"'{name}'", f"'the other {name}'"))
    lock = neighbours.lock_file.read_bytes()
    neighbours.install(option).ok()
    assert neighbours.python("import lib, lab, tool; print(lib.place, lab.place, tool.place, sep=', ')") == (
        "the other lib, the other lab, the other tool"
    )
    assert neighbours.make_lock().ok().json["changed"] is False
    assert neighbours.lock_file.read_bytes() == lock
