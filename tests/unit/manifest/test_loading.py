from __future__ import annotations

import sys
from pathlib import Path
from subprocess import run

import pytest

from interlock.manifest import load
from interlock_hooks.types import ExitCode, InterlockError, NameSelection
from manifest.conftest import Room, line

SEED = """
    [project]
    name = "test-pixi"
    version = "0.1.0"
    requires-python = ">=3.11,<3.13"
    dependencies = ["torch==2.6.0", "flash-attn"]
    [tool.pixi.project]
    channels = ["nvidia", "conda-forge"]
    platforms = ["linux-64"]
    [tool.pixi.system-requirements]
    cuda = "12.4"
    [tool.pixi.dependencies]
    python = "3.12.*"
    cuda-toolkit = "12.4.*"
    """
NO_ISOLATION = '[tool.pixi.pypi-options]\nno-build-isolation = ["flash-attn"]\n'
MATCHED = '[tool.uv.extra-build-dependencies]\nflash-attn = [{ requirement = "torch", match-runtime = true }]\n'


@pytest.mark.parametrize("variant", [NO_ISOLATION, MATCHED])
def test_the_seed_manifest(room: Room, variant: str) -> None:
    path = room.write(SEED)
    path.write_text(path.read_text() + variant)
    workspace = load(path)
    assert workspace.findings == ()
    assert workspace.name == "test-pixi"
    assert workspace.platforms == ("linux-64",)
    assert workspace.files == (path, path.with_name("uv.toml"))
    request = workspace.request("default", "linux-64")
    assert request.channels == ("nvidia", "conda-forge")
    assert [spec.spec for spec in request.conda_specs] == ["python 3.12.*", "cuda-toolkit 12.4.*"]
    assert [(item.name, item.version) for item in request.system_requirements] == [("__cuda", "12.4")]
    assert [item.text for item in request.requirements] == ["torch==2.6.0", "flash-attn"]
    assert request.requires_python is None
    assert request.overruled_python is not None
    assert set(request.overruled_python.split(",")) == {">=3.11", "<3.13"}
    options = request.build.package("flash-attn")  # type: ignore[arg-type]
    if variant == NO_ISOLATION:
        assert request.build.no_isolation == NameSelection(names=frozenset({"flash-attn"}))  # type: ignore[arg-type]
        assert options.requirements == ()
    else:
        assert not request.build.no_isolation
        assert [(item.requirement, item.match_runtime) for item in options.requirements] == [("torch", True)]
        assert options.requirements[0].where is not None
        assert options.requirements[0].where.line == 15


def test_toml_1_1(room: Room) -> None:
    request = room.pixi_request("""
        [dependencies]
        python = {
          version = "3.12.*", # a comment
          build = "*_cpython",
        }
        """)
    (spec,) = request.conda_specs
    assert spec.spec == "python[version='3.12.*',build='*_cpython']"
    assert spec.where is not None
    assert spec.where.line == 5


@pytest.mark.parametrize("text", ["", "# nothing\n", "[tool.ruff]\n"])
@pytest.mark.parametrize("name", ["pixi.toml", "pyproject.toml"])
def test_a_file_that_declares_nothing(room: Room, text: str, name: str) -> None:
    found = room.error(text, name)
    assert found.code == "IL118"
    assert found.exit_code is ExitCode.USAGE
    assert found.fix


def test_other_files_are_refused(room: Room) -> None:
    assert room.error("x", "setup.cfg").code == "IL102"
    with pytest.raises(InterlockError) as caught:
        load(room.root)
    assert caught.value.findings[0].code == "IL102"
    with pytest.raises(InterlockError) as caught:
        load(room.root / "pixi.toml")
    assert caught.value.findings[0].code == "IL101"


def test_a_manifest_of_another_name_is_a_pixi_manifest(room: Room) -> None:
    workspace = room.load('[workspace]\nchannels = []\nplatforms = ["linux-64"]\n', "gpu.toml")
    assert workspace.platforms == ("linux-64",)
    assert workspace.name == room.root.name


def test_errors_of_all_dialects_come_together_with_the_warnings_last(room: Room) -> None:
    found = room.errors("""
        [tool.interlock.build]
        jobs = 0
        [tool.uv]
        prerelese = "allow"
        index-url = 1
        [tool.pixi.workspace]
        channels = []
        platforms = ["linux-65"]
        [project]
        dependencies = [1]
        """)
    assert [(item.code, line(item)) for item in found] == [
        ("IL105", 2),
        ("IL106", 4),
        ("IL104", 5),
        ("IL108", 8),
        ("IL104", 10),
    ]


def test_tools_and_pixi_as_something_else_than_tables(room: Room) -> None:
    assert room.error("tool = 1\n[project]\n").code == "IL104"
    assert room.error("[tool]\npixi = 1\n").code == "IL104"
    assert room.error("[tool]\ninterlock = []\n").code == "IL104"
    assert room.error("project = 1\n").code == "IL104"


def test_relative_paths_of_the_manifest(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.write(SEED)
    monkeypatch.chdir(room.root)
    workspace = load(Path("pyproject.toml"))
    assert workspace.root == room.root
    where = workspace.request("default", "linux-64").conda_specs[0].where
    assert where is not None
    assert where.file == "pyproject.toml"


def test_reading_a_manifest_imports_nothing_heavy(room: Room) -> None:
    path = room.write(SEED)
    code = (
        "import sys; from pathlib import Path; from interlock.manifest import load; "
        "load(Path(sys.argv[1])).request('default', 'linux-64'); "
        "print(sorted({'rattler', 'rich', 'tomlkit', 'packaging.requirements'} & set(sys.modules)))"
    )
    result = run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_places_that_are_written_relative_to_the_manifest_are_noted(room: Room) -> None:
    base = room.root.parent
    for name in ("lib", "lab", "tool", "far", "pdm"):
        (base / name).mkdir(exist_ok=True)
        (base / name / "pyproject.toml").write_text("")
    path = room.write(
        f"""
        [project]
        name = "demo"
        dependencies = [
            "tool @ {{root:parent:uri}}/tool", "far @ {(base / "far").as_uri()}", "sub @ git+../repository@main",
            "pdm @ file:///${{PROJECT_ROOT}}/../pdm"
        ]
        [tool.pixi.workspace]
        channels = ["../channel", "https://conda.example/c"]
        platforms = ["linux-64"]
        [tool.pixi.pypi-dependencies]
        lib = {{ path = "../lib" }}
        lab = {{ path = "{base / "lab"}" }}
        own = {{ path = "." }}
        [tool.pixi.pypi-options]
        find-links = [{{ path = "../dist" }}]
        """
    )
    expected = ("channel", "dist", "lib", "pdm", "repository", "tool")
    assert load(path).beside == load(path).request().beside == tuple(base / name for name in expected)
