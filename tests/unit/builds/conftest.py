"""A build environment without network: in-tree backends, and a plain virtual environment as the prefix."""

from __future__ import annotations

import io
import shutil
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from interlock.builds.run import byte_code
from interlock.core.files import sha256_of
from interlock_hooks.testing.shared import Shared
from interlock_hooks.testing.wheels import package_of
from interlock_hooks.types import (
    Artifact,
    BuildMode,
    BuildPlan,
    CondaSolution,
    Environment,
    EnvironmentRequest,
    Event,
    LockedEnvironment,
    PyPIPackage,
    PythonTarget,
    Resolution,
)

PYTHON = PythonTarget(version=".".join(map(str, sys.version_info[:3])), platform="linux-64")

# A complete PEP 517 backend without dependencies; projects add to it with `before_build` in their own hooks.py.
BACKEND = """
import os, zipfile
import hooks

def _dist_info():
    return f"{hooks.NAME}-{hooks.VERSION}.dist-info".replace("-", "_", hooks.NAME.count("-"))

def _metadata():
    lines = ["Metadata-Version: 2.1", f"Name: {hooks.NAME}", f"Version: {hooks.VERSION}"]
    return "\\n".join(lines + [f"Requires-Dist: {r}" for r in hooks.requires_dist()]) + "\\n"

def get_requires_for_build_wheel(config_settings=None):
    return hooks.get_requires()

get_requires_for_build_editable = get_requires_for_build_wheel

def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    folder = os.path.join(metadata_directory, _dist_info())
    os.mkdir(folder)
    with open(os.path.join(folder, "METADATA"), "w") as file:
        file.write(_metadata())
    return _dist_info()

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    text = hooks.build(config_settings or {}) or ""
    module = hooks.NAME.replace("-", "_")
    name = f"{module}-{hooks.VERSION}-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as wheel:
        wheel.writestr(f"{module}.py", text)
        wheel.writestr(f"{_dist_info()}/METADATA", _metadata())
        wheel.writestr(f"{_dist_info()}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{_dist_info()}/RECORD", "")
    return name

build_editable = build_wheel
"""
HOOKS = """
NAME = {name!r}
VERSION = {version!r}
def requires_dist(): return []
def get_requires(): return []
def build(config_settings): return ""
"""
PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""


def project_files(name: str, version: str, hooks: str = "", pyproject: str = PYPROJECT) -> dict[str, str]:
    """The files of a project that builds itself; ``hooks`` replaces functions of HOOKS."""
    return {
        "pyproject.toml": pyproject,
        "backend.py": BACKEND,
        "hooks.py": HOOKS.format(name=name, version=version) + dedent(hooks),
    }


def make_sdist(folder: Path, name: str, version: str, files: Mapping[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{version}.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for member, text in files.items():
            data = text.encode()
            info = tarfile.TarInfo(f"{name}-{version}/{member}")
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def sdist_package(
    folder: Path, name: str, version: str = "1.0", hooks: str = "", pyproject: str = PYPROJECT, **options: object
) -> PyPIPackage:
    path = make_sdist(folder, name, version, project_files(name, version, hooks, pyproject))
    artifact = Artifact(kind="sdist", url=path.as_uri(), filename=path.name, sha256=sha256_of(path))
    return PyPIPackage(name=name, version=version, artifact=artifact, **options)  # type: ignore[arg-type]


def wheel_package(name: str, version: str = "1.0", requires: tuple[str, ...] = (), sha: str = "") -> PyPIPackage:
    file = f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
    artifact = Artifact(kind="wheel", url=f"https://index.invalid/{file}", filename=file, sha256=sha or "a" * 64)
    return PyPIPackage(name=name, version=version, artifact=artifact, requires=requires)  # type: ignore[arg-type]


def make_wheel(folder: Path, name: str, version: str, modules: Mapping[str, str]) -> PyPIPackage:
    """A real wheel on disk that can be installed."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        for file, text in modules.items():
            wheel.writestr(file, text)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        record = [*modules, f"{info}/METADATA", f"{info}/WHEEL", f"{info}/RECORD"]
        wheel.writestr(f"{info}/RECORD", "".join(f"{file},,\n" for file in record))
    return package_of(path)


def plan_for(package: PyPIPackage, mode: BuildMode = BuildMode.ISOLATED, **options: object) -> BuildPlan:
    return BuildPlan(package=package, mode=mode, **options)  # type: ignore[arg-type]


def resolution_of(*packages: PyPIPackage, **options: object) -> Resolution:
    return Resolution(python=PYTHON, packages=packages, **options)  # type: ignore[arg-type]


def make_prefix(prefix: Path) -> Path:
    """A real installation of this interpreter in a directory of its own, as a conda prefix has one.

    A virtual environment would not do: one that is made over it sees its base and not itself.
    """
    major_minor = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    base = Path(sysconfig.get_path("stdlib"))
    library = prefix / "lib" / major_minor
    (library / "site-packages").mkdir(parents=True)
    for entry in base.iterdir():
        if entry.name not in {"site-packages", "dist-packages", "EXTERNALLY-MANAGED"}:
            (library / entry.name).symlink_to(entry)
    (prefix / "bin").mkdir()
    shutil.copy2(Path(sys.executable).resolve(), prefix / "bin" / major_minor)
    (prefix / "bin" / "python").symlink_to(major_minor)
    return prefix


@pytest.fixture(scope="session")
def shared_prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prefix with nothing installed, which no test writes to."""
    return make_prefix(tmp_path_factory.mktemp("prefix") / "env")


@pytest.fixture
def prefix(shared_prefix: Path) -> Path:
    return shared_prefix


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, shared: Shared, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own for each test, apart from the byte code of the standard library."""
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(byte_code, "layers_dir", lambda: shared.caches / "byte-code")
    return tmp_path / "cache"


class Events(list[Event]):
    """Collects what is emitted."""

    def __call__(self, event: Event) -> None:
        self.append(event)

    def of(self, kind: type) -> list[Event]:
        return [event for event in self if isinstance(event, kind)]


@pytest.fixture
def events() -> Events:
    return Events()


@pytest.fixture
def environment(prefix: Path, tmp_path: Path) -> Environment:
    return make_environment(prefix, tmp_path)


def make_environment(prefix: Path, tmp_path: Path, *packages: PyPIPackage, **options: object) -> Environment:
    locked = LockedEnvironment(
        name="default",
        platform="linux-64",
        conda=CondaSolution(platform="linux-64"),
        resolution=resolution_of(*packages),
    )
    request = EnvironmentRequest(name="default", platform="linux-64", root=tmp_path)
    settings = {"locked": locked, "prefix": prefix, "logs": tmp_path / "logs", "request": request}
    return Environment(**{**settings, **options})  # type: ignore[arg-type]
