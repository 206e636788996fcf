"""The kit's indexes, as uv sees them."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from importlib.metadata import version
from pathlib import Path
from urllib.error import HTTPError

import pytest
from uv import find_uv_bin

from interlock_hooks.testing.index import Index
from interlock_hooks.testing.server import project_of


def uv(*args: str, root: Path) -> subprocess.CompletedProcess[str]:
    variables = {"PATH": "/usr/bin:/bin", "HOME": str(root), "UV_NO_CONFIG": "1", "UV_PYTHON_DOWNLOADS": "never"}
    command = [find_uv_bin(), "--quiet", *args]
    return subprocess.run(command, env=variables, cwd=root, capture_output=True, text=True, check=False)


def compiled(index: Index, root: Path, *requirements: str, sdists: bool = False) -> str:
    (root / "in.txt").write_text("\n".join(requirements))
    builds = [] if sdists else ["--no-build"]
    options = ["--default-index", index.url, "--python", sys.executable, "--no-header", "--no-annotate", *builds]
    done = uv("pip", "compile", *options, "in.txt", root=root)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_wheels_resolve_with_extras_and_markers(index: Index, tmp_path: Path) -> None:
    index.wheel("app", "1.0", requires=["lib<2"], extras={"fast": ["speed; python_version > '3'"]})
    index.wheel("lib", "1.5")
    index.wheel("lib", "2.0")
    index.wheel("speed", "3.0")
    assert compiled(index, tmp_path, "app[fast]").split() == ["app==1.0", "lib==1.5", "speed==3.0"]


def test_requires_python_is_honoured(index: Index, tmp_path: Path) -> None:
    index.wheel("app", "1.0")
    index.wheel("app", "2.0", requires_python=">=4")
    assert compiled(index, tmp_path, "app").split() == ["app==1.0"]


def test_static_sdists_resolve_without_building(index: Index, tmp_path: Path) -> None:
    index.sdist("app", "1.0", requires=["lib"], extras={"x": ["speed"]})
    index.wheel("lib", "1.0")
    index.wheel("speed", "1.0")
    assert compiled(index, tmp_path, "app[x]", sdists=True).split() == ["app==1.0", "lib==1.0", "speed==1.0"]


def test_resolving_needs_metadata_only(index: Index, tmp_path: Path) -> None:
    file = index.wheel("app", "1.0")
    compiled(index, tmp_path, "app")
    assert not index.served.fetched(file.name)
    assert index.served.fetched(file.name + ".metadata")


def test_the_folder_serves_as_find_links(index: Index, tmp_path: Path) -> None:
    index.wheel("app", "1.0")
    (tmp_path / "in.txt").write_text("app")
    links = ["--no-index", "--find-links", str(index.folder), "--python", sys.executable]
    done = uv("pip", "compile", *links, "in.txt", root=tmp_path)
    assert "app==1.0" in done.stdout


def test_unknown_projects_are_not_found(index: Index) -> None:
    with pytest.raises(HTTPError, match="404") as caught:
        urllib.request.urlopen(index.url + "nothing/")
    caught.value.close()


def test_the_real_build_tools_are_offered(index: Index, tmp_path: Path) -> None:
    assert compiled(index, tmp_path, "setuptools").split() == [f"setuptools=={version('setuptools')}"]


def test_an_index_that_is_not_served_says_so(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="directory only"):
        _ = Index(tmp_path / "index").url


@pytest.mark.parametrize(
    ("file", "project"),
    [("Foo_Bar-1.0-py3-none-any.whl", "foo-bar"), ("foo_bar-1.0.tar.gz", "foo-bar"), ("notes.txt", None)],
)
def test_files_belong_to_projects(file: str, project: str | None) -> None:
    assert project_of(file) == project
