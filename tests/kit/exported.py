"""A subject that has a bit of everything, for tests of exported files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from packaging.utils import canonicalize_name

from interlock.export.model import Subject
from interlock_hooks.types import Artifact, BuildMode, Index, LockedEnvironment, PyPIPackage
from kit.locked import INDEX, locked, plan, record, sdist, wheel

ROOT = Path("/home/me/project")


def from_git(name: str) -> PyPIPackage:
    """A package from a repository."""
    artifact = Artifact(kind="git", url="https://git.example/lib.git", commit="c" * 40, subdirectory="py")
    return PyPIPackage(name=canonicalize_name(name), version="1.0", artifact=artifact)


def editable(name: str, folder: str) -> PyPIPackage:
    """A package in a directory of the project."""
    artifact = Artifact(kind="directory", url=(ROOT / folder).as_uri(), editable=True)
    return PyPIPackage(name=canonicalize_name(name), version="0.1", artifact=artifact)


def mixed(*more: PyPIPackage) -> LockedEnvironment:
    """Conda supplies Python and numpy; torch is a wheel, and flash-attn is built against it."""
    flash = sdist("flash-attn 2.8", "torch>=2")
    python = replace(record("python 3.12.7 h1_0"), md5="a" * 32, sha256="b" * 64, license="Python-2.0", size=10)
    return locked(
        python,
        replace(record("numpy 2.1 py312_0", "python"), sha256="d" * 64, noarch="python", purls=("pkg:pypi/numpy",)),
        pypi=(flash, wheel("torch 2.6", "numpy>=1"), *more),
        provides={"numpy 2.1": "numpy", "python 3.12.7": "python"},
        plans=[plan(flash, BuildMode.MATCHED, matched=["torch"], overlay=[wheel("torch 2.6")])],
    )


def subject(environment: LockedEnvironment | None = None, **fields: object) -> Subject:
    """The environment of a project, with the index that its packages come from."""
    given = {"indexes": (Index(url=INDEX, default=True),), **fields}
    return Subject(project="demo", root=ROOT, locked=environment or mixed(), **given)  # type: ignore[arg-type]
