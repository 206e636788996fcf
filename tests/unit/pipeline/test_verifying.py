"""Built wheels against what was believed of them, and what is remembered of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from interlock.builds.sources.static.facts import StaticMetadata, nothing_known
from interlock.builds.store.refuted import find_refuted
from interlock.pipeline.verifying import Verifier
from interlock_hooks.testing.files import write_tree
from interlock_hooks.testing.wheels import write_wheel
from interlock_hooks.types import (
    Artifact,
    BuildMode,
    BuiltWheel,
    EnvironmentRequest,
    Finding,
    InterlockError,
    Metadata,
    MetadataOrigin,
)
from kit.locked import locked, proof, sdist
from unit.builds.conftest import cache

__all__ = ["cache"]

SDIST = sdist("demo 1.0", "one")
BELIEVED = Metadata(name=SDIST.name, version="1.0", requires_dist=("one",), origin="static", place="setup.py:3")
PROOF = proof("one")


class Case:
    """A package that was locked with something, and whose wheel requires something."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.package = SDIST
        self.proof: StaticMetadata = PROOF
        self.frozen = False

    def directory(self) -> None:
        tree = write_tree(self.root / "demo", {"setup.py": ""})
        self.package = replace(SDIST, artifact=Artifact(kind="directory", url=tree.as_uri()))

    def static_metadata(self, _: object) -> StaticMetadata:
        return self.proof

    def verify(self, *requires: str, believed: Metadata | None = BELIEVED) -> Sequence[Finding]:
        lock = locked(pypi=[self.package])
        metadata = () if believed is None else (believed,)
        self.resolution = replace(lock.resolution, metadata=metadata)
        lock = replace(lock, resolution=self.resolution)
        request = EnvironmentRequest(name="default", platform="linux-64", root=self.root)
        path = write_wheel(self.root / "wheels", "demo", "1.0", requires=requires)
        wheel = BuiltWheel(
            name=SDIST.name, version="1.0", path=path, sha256="0" * 64, mode=BuildMode.ISOLATED, seconds=0
        )
        return Verifier(lock, request, lambda: cast("Any", self), frozen=self.frozen).verify(self.package, wheel)

    def refused(self, *requires: str, believed: Metadata | None = BELIEVED) -> Finding:
        with pytest.raises(InterlockError) as caught:
            self.verify(*requires, believed=believed)
        return caught.value.findings[0]

    def remembered(self) -> frozenset[str]:
        return find_refuted(self.package.artifact, self.resolution.python, self.root).origins


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


def test_a_wheel_that_requires_what_was_believed(case: Case) -> None:
    assert case.verify("one") == []
    assert case.remembered() == frozenset()


@pytest.mark.parametrize(
    ("origin", "frozen"), [("static", False), ("backend", True), ("pkg-info", False), (None, True)]
)
def test_a_difference_is_an_error_that_is_remembered(case: Case, origin: MetadataOrigin | None, frozen: bool) -> None:
    case.frozen = frozen
    refused = case.refused("two", believed=origin and replace(BELIEVED, origin=origin))
    assert refused.code == "IL554"
    assert refused.details == ("- one", "+ two")
    assert ("setup.py:3" in (refused.why or "")) is (origin in ("static", "pkg-info"))
    assert case.remembered() == {origin or "sdist"}


def test_what_the_manifest_declares_counts(case: Case) -> None:
    (note,) = case.verify("two", believed=replace(BELIEVED, origin="manifest"))
    assert (note.code, note.severity.value, note.details) == ("IL555", "note", ("- one", "+ two"))
    assert case.verify("one", believed=replace(BELIEVED, origin="manifest")) == []
    assert case.remembered() == frozenset()


def test_a_directory_that_has_changed_refutes_nothing(case: Case) -> None:
    case.directory()
    case.proof = proof("two")
    assert case.refused("two").code == "IL607"
    assert case.remembered() == frozenset()
    case.proof = nothing_known("it changed")
    assert case.refused("two").code == "IL607"
    assert case.refused("two", believed=replace(BELIEVED, origin="backend")).code == "IL607"
    assert case.remembered() == frozenset()


def test_a_directory_that_is_the_same_refutes_what_was_read_of_it(case: Case) -> None:
    case.directory()
    assert case.refused("two").code == "IL607"
    assert case.remembered() == {"static"}
    case.frozen = True
    (warning,) = case.verify("two")
    assert (warning.code, warning.severity.value) == ("IL607", "warning")
