from __future__ import annotations

import io
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from interlock.builds.sources.archive import unpack_archive
from interlock.builds.sources.source_tree import fetch_tree
from interlock.core.files import sha256_of
from interlock_hooks.testing.files import write_tree
from interlock_hooks.types import Artifact, InterlockError
from kit.repository import commit, git, make_repository
from unit.builds.conftest import make_sdist, project_files


def code_of(error) -> str:
    return error.value.findings[0].code


def tar_with(path: Path, *members: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for member in members:
            tar.addfile(member, io.BytesIO(b"x" * member.size))
    return path


def member(name: str, **options) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    for key, value in options.items():
        setattr(info, key, value)
    return info


@pytest.fixture
def sdist(tmp_path) -> Artifact:
    path = make_sdist(tmp_path, "demo", "1.0", project_files("demo", "1.0"))
    return Artifact(kind="sdist", url=path.as_uri(), sha256=sha256_of(path))


def test_an_sdist_is_unpacked_to_its_project(sdist, tmp_path):
    tree = fetch_tree(sdist, tmp_path / "out", root=tmp_path)
    assert tree == tmp_path / "out" / "demo-1.0"
    assert (tree / "pyproject.toml").is_file()


def test_a_relative_path_starts_at_the_manifest(sdist, tmp_path):
    relative = replace(sdist, url="demo-1.0.tar.gz")
    assert fetch_tree(relative, tmp_path / "out", root=tmp_path).name == "demo-1.0"


def test_a_wrong_hash_is_refused(sdist, tmp_path):
    with pytest.raises(InterlockError) as error:
        fetch_tree(replace(sdist, sha256="0" * 64), tmp_path / "out", root=tmp_path)
    assert code_of(error) == "IL501"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("url", ["file:///no/such/file.tar.gz", "missing.tar.gz"])
def test_a_missing_file_is_named(url, tmp_path):
    with pytest.raises(InterlockError) as error:
        fetch_tree(Artifact(kind="sdist", url=url), tmp_path / "out", root=tmp_path)
    assert code_of(error) == "IL401"


@pytest.mark.parametrize(
    "bad",
    [
        member("../outside", size=1),
        member("demo/../../outside", size=1),
        member("demo/link", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        member("demo/link", type=tarfile.SYMTYPE, linkname="../../outside"),
        member("demo/hard", type=tarfile.LNKTYPE, linkname="../outside"),
        member("demo/device", type=tarfile.CHRTYPE),
    ],
    ids=lambda info: f"{info.name}-{info.linkname}",
)
def test_archives_cannot_write_outside(bad, tmp_path):
    path = tar_with(tmp_path / "demo-1.0.tar.gz", member("demo/setup.py", size=1), bad)
    with pytest.raises(InterlockError) as error:
        unpack_archive(path, tmp_path / "inner" / "out")
    assert code_of(error) == "IL403"
    assert not (tmp_path / "inner" / "outside").exists()
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("name", ["../outside", "/outside", "demo/../../outside", "..\\outside"])
def test_zips_cannot_write_outside(name, tmp_path):
    path = tmp_path / "demo-1.0.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("demo/setup.py", "")
        archive.writestr(name, "x")
    with pytest.raises(InterlockError) as error:
        unpack_archive(path, tmp_path / "inner" / "out")
    assert code_of(error) == "IL403"


def test_zips_keep_executable_bits(tmp_path):
    path = tmp_path / "demo-1.0.zip"
    info = zipfile.ZipInfo("demo-1.0/configure")
    info.external_attr = 0o755 << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("demo-1.0/setup.py", "")
        archive.writestr(info, "#!/bin/sh\n")
    tree = unpack_archive(path, tmp_path / "out")
    assert (tree / "configure").stat().st_mode & 0o111
    assert not (tree / "setup.py").stat().st_mode & 0o111


@pytest.mark.parametrize("content", [b"", b"not an archive", b"\x1f\x8b" + b"junk" * 10])
def test_what_is_no_archive_is_said_so(content, tmp_path):
    path = tmp_path / "demo-1.0.tar.gz"
    path.write_bytes(content)
    with pytest.raises(InterlockError) as error:
        unpack_archive(path, tmp_path / "out")
    assert code_of(error) == "IL404"


def test_an_archive_without_a_project_is_said_so(tmp_path):
    path = make_sdist(tmp_path, "demo", "1.0", {"README": ""})
    with pytest.raises(InterlockError) as error:
        fetch_tree(Artifact(kind="sdist", url=path.as_uri()), tmp_path / "out", root=tmp_path)
    assert code_of(error) == "IL404"


def test_a_subdirectory_is_the_project_and_must_lie_inside(tmp_path):
    path = make_sdist(tmp_path, "mono", "1", {"python/setup.py": ""})
    artifact = Artifact(kind="sdist", url=path.as_uri(), subdirectory="python")
    assert fetch_tree(artifact, tmp_path / "out", root=tmp_path).name == "python"
    with pytest.raises(InterlockError):
        fetch_tree(replace(artifact, subdirectory="../.."), tmp_path / "again", root=tmp_path)


def test_a_directory_is_copied_without_environments_and_caches(tmp_path):
    project = tmp_path / "project"
    for place in ("src", ".pixi/envs", ".venv", "__pycache__", ".git"):
        (project / place).mkdir(parents=True)
    (project / "setup.py").touch()
    (project / ".venv" / "pyvenv.cfg").touch()
    artifact = Artifact(kind="directory", url=project.as_uri())
    tree = fetch_tree(artifact, tmp_path / "out", root=tmp_path)
    assert tree != project
    assert sorted(entry.name for entry in tree.iterdir()) == [".git", "setup.py", "src"]
    assert fetch_tree(replace(artifact, editable=True), tmp_path / "x", root=tmp_path) == project


def test_links_that_lead_out_of_a_directory_lead_there_from_its_copy(tmp_path):
    files = {"common/a.py": "shared", "project/setup.py": "", "project/pkg/b.py": "own", "modules/lib/HEAD": ""}
    project = write_tree(tmp_path, files) / "project"
    (project / "common").symlink_to("../common")
    (project / "here").symlink_to("pkg")
    (project / ".git").write_text("gitdir: ../modules/lib\n")  # as in a submodule
    tree = fetch_tree(Artifact(kind="directory", url=project.as_uri()), tmp_path / "out" / "deep", root=tmp_path)
    assert (tree / "common/a.py").read_text() == "shared"
    assert (tree / "here").readlink() == Path("pkg")
    assert (tree / ".git").read_text() == f"gitdir: {tmp_path}/modules/lib\n"


@pytest.fixture
def repository(tmp_path) -> Path:
    path = make_repository(tmp_path / "repository")
    commit(path, "one", "setup.py")
    git(path, "tag", "v1")
    return path


def test_a_commit_is_checked_out_with_its_tags_and_later_ones_are_fetched(repository, tmp_path):
    first = git(repository, "rev-parse", "HEAD")
    artifact = Artifact(kind="git", url=f"git+{repository.as_uri()}", commit=first)
    tree = fetch_tree(artifact, tmp_path / "a", root=tmp_path)
    assert (tree / "setup.py").read_text() == "one"
    assert git(tree, "describe", "--tags") == "v1"
    second = commit(repository, "two", "setup.py")
    tree = fetch_tree(replace(artifact, commit=second), tmp_path / "b", root=tmp_path)
    assert (tree / "setup.py").read_text() == "two"


def test_a_commit_that_does_not_exist_is_named(repository, tmp_path):
    artifact = Artifact(kind="git", url=repository.as_uri(), commit="0" * 40)
    with pytest.raises(InterlockError) as error:
        fetch_tree(artifact, tmp_path / "a", root=tmp_path)
    assert code_of(error) == "IL401"
