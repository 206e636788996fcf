from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest
from packaging.utils import canonicalize_name

from interlock.core.files import sha256_of
from interlock.core.tags import supported_tags
from interlock.engines.pylock import PylockPackage, exact_document, read_packages, versions_document
from interlock_hooks.testing.wheels import write_wheel
from interlock_hooks.types import Artifact, NameSelection, PyPIPackage
from unit.resolve.asking import LINUX

NOTHING = NameSelection()


def read(*packages: dict[str, Any], no_binary: NameSelection = NOTHING) -> list[PylockPackage]:
    tags = supported_tags(LINUX)
    return read_packages({"packages": list(packages)}, folder=Path("/work dir"), tags=tags, no_binary=no_binary)


def wheel(tag: str, build: str = "") -> dict[str, Any]:
    name = f"leaf-1.0{build}-{tag}.whl"
    return {"url": f"https://example.org/files/{name}", "size": 9, "hashes": {"sha256": "ab"}}


SDIST = {"url": "https://example.org/files/leaf-1.0.tar.gz", "hashes": {"sha256": "cd"}}


def test_packages_are_sorted_and_normalised() -> None:
    found = read({"name": "Zebra", "version": "1", "sdist": SDIST}, {"name": "a_b", "version": "2", "sdist": SDIST})
    assert [package.name for package in found] == ["a-b", "zebra"]


def test_files() -> None:
    (leaf,) = read({"name": "leaf", "version": "1.0", "sdist": SDIST, "wheels": [wheel("py3-none-any")]})
    assert (leaf.artifact.kind, leaf.artifact.size, leaf.artifact.sha256) == ("wheel", 9, "ab")
    assert leaf.artifact.filename == "leaf-1.0-py3-none-any.whl"
    assert not leaf.direct


def test_names_in_addresses_are_decoded() -> None:
    entry = {"url": "https://example.org/torch-2.6.0%2Bcu124-cp312-cp312-linux_x86_64.whl"}
    (torch,) = read({"name": "torch", "version": "2.6.0+cu124", "wheels": [entry]})
    assert torch.artifact.filename == "torch-2.6.0+cu124-cp312-cp312-linux_x86_64.whl"


def test_the_best_wheel_and_its_build() -> None:
    wheels = [wheel("py3-none-any"), wheel("cp312-cp312-linux_x86_64", "-2"), wheel("cp312-cp312-linux_x86_64", "-10")]
    (leaf,) = read({"name": "leaf", "version": "1.0", "wheels": wheels})
    assert leaf.artifact.filename == "leaf-1.0-10-cp312-cp312-linux_x86_64.whl"


def test_wheels_that_do_not_fit_leave_the_sdist() -> None:
    wheels = [wheel("cp311-cp311-linux_x86_64"), {"url": "https://example.org/leaf.whl"}]
    (leaf,) = read({"name": "leaf", "version": "1.0", "wheels": wheels, "sdist": SDIST})
    assert leaf.artifact.kind == "sdist"
    with pytest.raises(ValueError, match="leaf"):
        read({"name": "leaf", "version": "1.0", "wheels": wheels})


def test_no_binary() -> None:
    selection = NameSelection(names=frozenset({canonicalize_name("leaf")}))
    entry = {"name": "leaf", "version": "1.0", "wheels": [wheel("py3-none-any")], "sdist": SDIST}
    assert read(entry, no_binary=selection)[0].artifact.kind == "sdist"


def test_paths_are_relative_to_the_lock_file() -> None:
    (tree,) = read({"name": "tree", "directory": {"path": "../some tree", "editable": True, "subdirectory": "python"}})
    assert (tree.version, tree.direct) == (None, True)
    assert tree.artifact.url == "file:///some%20tree"
    assert (tree.artifact.editable, tree.artifact.subdirectory) == (True, "python")


def test_repositories() -> None:
    vcs = {"type": "git", "url": "https://example.org/repo", "requested-revision": "v1", "commit-id": "f" * 40}
    (tree,) = read({"name": "tree", "version": "1.0", "vcs": vcs})
    assert (tree.artifact.kind, tree.artifact.url, tree.artifact.commit) == (
        "git",
        "https://example.org/repo",
        "f" * 40,
    )


def test_passwords_do_not_reach_the_lock() -> None:
    place = {"url": "https://me:secret@example.org:8443/leaf-1.0.tar.gz"}
    (leaf,) = read({"name": "leaf", "version": "1.0", "archive": place})
    assert leaf.artifact.url == "https://example.org:8443/leaf-1.0.tar.gz"
    vcs = {"type": "git", "url": "ssh://git@example.org/repo", "commit-id": "f" * 40}
    (tree,) = read({"name": "tree", "version": "1.0", "vcs": vcs})
    assert tree.artifact.url == "ssh://git@example.org/repo"


def test_archives() -> None:
    archive = {"path": "/files/leaf-1.0.zip", "hashes": {"sha256": "ef"}}
    (leaf,) = read({"name": "leaf", "version": "1.0", "archive": archive})
    assert (leaf.artifact.kind, leaf.artifact.url, leaf.direct) == ("sdist", "file:///files/leaf-1.0.zip", True)


@pytest.mark.parametrize(
    "entry",
    [
        {"version": "1"},
        {"name": "leaf"},
        {"name": 1, "version": "1", "sdist": SDIST},
        {"name": "leaf", "version": 1, "sdist": SDIST},
        {"name": "leaf", "version": "latest", "sdist": SDIST},
        {"name": "leaf", "version": "1", "sdist": []},
        {"name": "leaf", "version": "1", "sdist": {**SDIST, "size": "9"}},
        {"name": "tree", "directory": {"path": 1}},
        "leaf",
    ],
)
def test_what_is_not_a_lock_file(entry: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read(entry)


@pytest.mark.parametrize(
    ("artifact", "expected"),
    [
        (
            Artifact(kind="wheel", url="https://host.example/a/x-1-py3-none-any.whl", sha256="ab", size=3),
            {
                "version": "1",
                "index": "https://sha256.invalid/ab",
                "wheels": [
                    {
                        "name": "x-1-py3-none-any.whl",
                        "url": "https://host.example/a/x-1-py3-none-any.whl",
                        "size": 3,
                        "hashes": {"sha256": "ab"},
                    }
                ],
            },
        ),
        (
            Artifact(kind="sdist", url="file:///with%20space/x-1.tar.gz", filename="x-1.tar.gz", sha256="ab"),
            {
                "version": "1",
                "sdist": {"name": "x-1.tar.gz", "path": "/with space/x-1.tar.gz", "hashes": {"sha256": "ab"}},
            },
        ),
        (
            Artifact(kind="git", url="https://host.example/x.git", commit="c0ffee", subdirectory="python"),
            {
                "vcs": {
                    "type": "git",
                    "url": "https://host.example/x.git",
                    "commit-id": "c0ffee",
                    "subdirectory": "python",
                }
            },
        ),
        (
            Artifact(kind="directory", url="file:///src/x", editable=True),
            {"directory": {"path": "/src/x", "editable": True}},
        ),
    ],
)
def test_each_kind_of_artifact_in_a_pylock(artifact: Artifact, expected: dict[str, object]) -> None:
    document = exact_document([PyPIPackage(name=canonicalize_name("X"), version="1", artifact=artifact)], {})
    assert document["lock-version"] == "1.0"
    assert document["packages"] == [{"name": "x", **expected}]


def test_only_a_hash_fixes_what_a_server_has(tmp_path: Path) -> None:
    artifact = Artifact(kind="wheel", url="https://host.example/x-1-py3-none-any.whl")
    (entry,) = exact_document([PyPIPackage(name=canonicalize_name("x"), version="1", artifact=artifact)], {})[
        "packages"
    ]
    assert "index" not in entry


def test_a_built_wheel_takes_the_place_of_its_source(tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path, "x", "1")
    source = PyPIPackage(
        name=canonicalize_name("x"),
        version="1",
        artifact=Artifact(kind="git", url="https://host.example/x.git", commit="c0ffee"),
    )
    (entry,) = exact_document([source], {source.name: wheel})["packages"]
    assert entry == {
        "name": "x",
        "version": "1",
        "wheels": [{"name": wheel.name, "path": str(wheel), "hashes": {"sha256": sha256_of(wheel)}}],
    }


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_what_is_written_is_what_is_read(kind: Literal["wheel", "sdist"]) -> None:
    name = "leaf-1.0-py3-none-any.whl" if kind == "wheel" else "leaf-1.0.tar.gz"
    artifact = Artifact(kind=kind, url=f"https://example.org/{name}", filename=name, sha256="ab", size=3)
    leaf = PyPIPackage(name=canonicalize_name("leaf"), version="1.0", artifact=artifact)
    assert read(*exact_document([leaf], {})["packages"]) == [PylockPackage(leaf.name, "1.0", artifact, direct=False)]


def test_versions_alone() -> None:
    assert versions_document([(canonicalize_name("leaf"), "1.0")])["packages"] == [{"name": "leaf", "version": "1.0"}]
