"""What tells that a locked environment has the packages that were solved together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from interlock.lock.answer import answer_digest
from interlock.lock.model import Lock
from interlock.lock.reader import parse
from interlock.lock.writer import render
from interlock_hooks.types import (
    Artifact,
    CondaRecord,
    CondaSolution,
    LockedEnvironment,
    PyPIPackage,
    PythonTarget,
    Resolution,
)

ROOT = Path("/anywhere")


def record(name: str) -> CondaRecord:
    file = f"{name}-1-0.conda"
    return CondaRecord(
        name=name,
        version="1",
        build="0",
        build_number=0,
        subdir="noarch",
        file_name=file,
        url=f"c/{file}",
        channel="c",
        sha256="0" * 64,
    )


def wheel(name: str, version: str = "1.0") -> PyPIPackage:
    file = f"{name}-{version}-py3-none-any.whl"
    artifact = Artifact(kind="wheel", url=f"https://host/{file}", filename=file, sha256=version[0] * 64)
    return PyPIPackage(name=name, version=version, artifact=artifact)


def tree(version: str) -> PyPIPackage:
    return PyPIPackage(name="lib", version=version, artifact=Artifact(kind="directory", url="file:///anywhere/lib"))


def locked(*packages: PyPIPackage, records: tuple[CondaRecord, ...] = ()) -> LockedEnvironment:
    return LockedEnvironment(
        name="default",
        platform="linux-64",
        conda=CondaSolution(platform="linux-64", records=records),
        resolution=Resolution(python=PythonTarget(version="3.12.7", platform="linux-64"), packages=packages),
    )


def test_packages_count_and_their_order_does_not() -> None:
    here = answer_digest(locked(wheel("a"), wheel("b"), records=(record("x"), record("y"))))
    assert answer_digest(locked(wheel("b"), wheel("a"), records=(record("y"), record("x")))) == here
    others = (
        locked(wheel("a"), records=(record("x"), record("y"))),
        locked(wheel("a"), wheel("b", "2.0"), records=(record("x"), record("y"))),
        locked(wheel("a"), wheel("b"), records=(record("x"),)),
        locked(wheel("a"), wheel("b"), records=(record("x"), replace(record("y"), sha256="1" * 64))),
    )
    assert here not in map(answer_digest, others)


def test_the_version_of_a_directory_does_not_count() -> None:
    assert answer_digest(locked(tree("1.0"))) == answer_digest(locked(tree("2.0"))) != answer_digest(locked())


@pytest.mark.parametrize("without", [False, True])
def test_a_lock_that_something_else_changed_stays_out_of_date_until_it_is_solved(without: bool) -> None:
    text = render(Lock().with_environment(locked(wheel("a"), wheel("b")), digest="d"), ROOT)
    if without:
        text = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("answer"))
    lock = parse(text, path=ROOT / "interlock.lock", root=ROOT)
    assert lock.is_current("default", "linux-64", "d")
    edited = text.replace('    "b-1.0-py3-none-any.whl",\n', "")
    changed = parse(edited, path=ROOT / "interlock.lock", root=ROOT)
    # Locks of earlier versions do not tell.
    assert changed.is_current("default", "linux-64", "d") is without
    other = changed.with_environment(replace(locked(), name="other"), digest="e")
    again = parse(render(other, ROOT), path=ROOT / "interlock.lock", root=ROOT)
    assert again.is_whole("default", "linux-64") is without
    assert again.is_whole("other", "linux-64")
