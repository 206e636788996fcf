from __future__ import annotations

from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from interlock.resolve.changed import contradictions
from interlock_hooks.types import (
    Artifact,
    BuildOptions,
    EnvironmentRequest,
    Metadata,
    ProvidedDistribution,
    PyPIPackage,
    Resolution,
)
from unit.resolve.asking import LINUX

LIB = PyPIPackage(
    name=canonicalize_name("lib"),
    version="1.0",
    artifact=Artifact(kind="directory", url="file:///lib"),
    extras=("fast",),
)
DEP = PyPIPackage(
    name=canonicalize_name("dep"), version="2.0", artifact=Artifact(kind="wheel", url="https://host/dep.whl")
)
APP = PyPIPackage(
    name=canonicalize_name("app"),
    version="3.0",
    artifact=Artifact(kind="wheel", url="https://host/app.whl"),
    requires=("lib<2",),
)


def said(*requires: str, version: str = "1.0", name: str = "lib") -> Metadata:
    return Metadata(name=canonicalize_name(name), version=version, requires_dist=requires, origin="backend")


def found(now: Metadata, *, before: Metadata | None = None, **request: object) -> tuple[str, ...]:
    resolution = Resolution(
        python=LINUX,
        packages=(APP, DEP, LIB),
        provided=(ProvidedDistribution(name=canonicalize_name("num"), version="2.1", record="num"),),
        metadata=(before or said("old"),),
    )
    asked = EnvironmentRequest(name="default", platform="linux-64", root=Path("/"), **request)  # type: ignore[arg-type]
    return contradictions(now, LIB, resolution, asked)


@pytest.mark.parametrize(
    ("requirement", "problem"),
    [
        ("dep>=2", None),
        ("dep<2", "lib requires dep<2, and the lock contains dep 2.0"),
        ("num>=2", None),
        ("num>=3", "lib requires num>=3, and the lock contains num 2.1"),
        ("absent", "lib requires absent, which the lock does not contain"),
        ("absent; sys_platform == 'win32'", None),
        ("absent; extra == 'slow'", None),
        ("absent; extra == 'fast'", "lib requires absent, which the lock does not contain"),
        ("lib[fast]", None),
        ("old", None),
        ("not valid at all", None),
    ],
)
def test_new_requirements_must_be_met(requirement: str, problem: str | None) -> None:
    assert found(said(requirement)) == ((problem,) if problem else ())


def test_requirements_that_were_read_from_files_are_not_compared() -> None:
    assert found(said("absent"), before=said(name="other")) == ()


def test_the_version_must_be_one_that_others_accept() -> None:
    assert found(said(version="2.0")) == ("app 3.0 requires lib<2, and lib is 2.0",)
    assert found(said(version="1.9.dev1")) == ()
    assert found(said(), constraints=("lib>=1.5",)) == ("a constraint allows only lib>=1.5, and lib is 1.0",)


def test_what_the_manifest_says_counts_more() -> None:
    assert found(said("absent", version="2.0"), overrides=("lib", "absent; python_version < '3'")) == ()
    assert found(said("absent", version="2.0"), build=BuildOptions(metadata=(said(),))) == ()
