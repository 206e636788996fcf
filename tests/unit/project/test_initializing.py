"""Making projects of directories."""

from __future__ import annotations

from pathlib import Path

import pytest

from interlock.manifest import load
from interlock.project.initializing import Initialized, initialize
from interlock_hooks.types import InterlockError


def _initialize(folder: Path, **options: object) -> Initialized:
    return initialize(str(folder), **{"name": None, "channels": [], "platforms": ["linux-64"], **options})  # type: ignore[arg-type]


def test_an_empty_directory_gets_a_workspace_with_python(tmp_path: Path) -> None:
    folder = tmp_path / 'odd "name"'
    done = _initialize(folder, channels=["conda-forge", "nvidia"], platforms=["linux-64", "linux-aarch64"])
    assert done.written == (folder / "pixi.toml",)
    workspace = load(done.manifest)
    assert (workspace.name, workspace.platforms) == ('odd "name"', ("linux-64", "linux-aarch64"))
    request = workspace.request("default", "linux-64")
    assert [spec.name for spec in request.conda_specs] == ["python"]
    assert len(request.channels) == 2


def test_a_pyproject_without_environments_keeps_every_byte_and_gets_a_table(tmp_path: Path) -> None:
    before = "# mine\n[tool.ruff]\nline-length = 100  # wide"
    (tmp_path / "pyproject.toml").write_text(before)
    done = _initialize(tmp_path)
    assert done.manifest.read_text().startswith(f"{before}\n\n[tool.pixi.workspace]\n")
    assert load(done.manifest).platforms == ("linux-64",)


def test_a_pyproject_keeps_its_line_ends_and_its_byte_order_mark(tmp_path: Path) -> None:
    before = b"\xef\xbb\xbf[tool.ruff]\r\nline-length = 100\r\n"
    (tmp_path / "pyproject.toml").write_bytes(before)
    written = _initialize(tmp_path).manifest.read_bytes()
    assert written.startswith(before + b"\r\n[tool.pixi.workspace]\r\n")
    assert b"\n" not in written.replace(b"\r\n", b"")
    (tmp_path / "pyproject.toml").write_bytes(b"")
    assert _initialize(tmp_path).manifest.read_bytes().startswith(b"[tool.pixi.workspace]\n")


def test_requirements_stay_the_one_list_of_their_packages(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("numpy>=2\ntorch==2.6.0\n")
    done = _initialize(tmp_path, name="train")
    assert done.written == (tmp_path / "environment.yml",)
    request = load(done.manifest).request("default", "linux-64")
    assert [str(requirement.name) for requirement in request.requirements] == ["numpy", "torch"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pixi.toml", '[workspace]\nname = "a"\nchannels = []\nplatforms = []\n'),
        ("pyproject.toml", '[project]\nname = "a"\nversion = "1"\n'),
        ("environment.yml", "dependencies: [python]\n"),
    ],
)
def test_a_manifest_that_is_there_is_left_alone(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    done = _initialize(tmp_path)
    assert (done.manifest, done.written) == (tmp_path / name, ())
    assert (tmp_path / name).read_text() == text


@pytest.mark.parametrize(
    ("name", "text", "python"),
    [
        ("pixi.toml", "", "python 3.12.*"),
        ("pixi.toml", "# mine\n[dependencies]\npython = '3.11.*'\n", "python 3.11.*"),
        ("environment.yml", "", "python 3.12.*"),
        ("environment.yaml", "# mine\nname: other", "python 3.12.*"),
    ],
)
def test_a_manifest_gets_what_it_lacks(tmp_path: Path, name: str, text: str, python: str) -> None:
    (tmp_path / name).write_text(text)
    done = _initialize(tmp_path)
    assert done.written == (tmp_path / name,)
    assert done.manifest.read_text().startswith(text)
    workspace = load(done.manifest)
    assert workspace.name == ("other" if "other" in text else tmp_path.name)
    assert workspace.platforms == ("linux-64",)
    assert [spec.spec for spec in workspace.request().conda_specs] == [python]
    assert _initialize(tmp_path).written == ()


def test_a_package_is_no_workspace(tmp_path: Path) -> None:
    (tmp_path / "pixi.toml").write_text("[package]\nname = 'a'\n")
    assert _initialize(tmp_path).written == ()


def test_git_ignores_environments_once(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("dist")
    assert _initialize(tmp_path).written == (tmp_path / "pixi.toml", tmp_path / ".gitignore")
    assert _initialize(tmp_path).written == ()
    assert (tmp_path / ".gitignore").read_text() == "dist\n.interlock/\n"


def test_a_list_of_git_keeps_its_bytes(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_bytes(b"caf\xe9\r\ndist")
    _initialize(tmp_path)
    assert (tmp_path / ".gitignore").read_bytes() == b"caf\xe9\r\ndist\r\n.interlock/\r\n"


def test_what_is_wrong_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad/pyproject.toml").write_text("[oops")
    for folder, options, code in (
        (tmp_path / "file" / "below", {}, "IL140"),
        (tmp_path / "bad", {}, "IL103"),
        (tmp_path / "new", {"platforms": ["linux-65"]}, "IL213"),
    ):
        with pytest.raises(InterlockError) as caught:
            _initialize(folder, **options)
        assert caught.value.findings[0].code == code
    assert not (tmp_path / "new").exists()
    assert [path.name for path in (tmp_path / "bad").iterdir()] == ["pyproject.toml"]
