"""The order in which the metadata of an sdist is believed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from interlock.builds.run.errors import BuildFailedError
from interlock.builds.run.lacking import Lacking
from interlock.builds.sources.static.facts import NotProvable, StaticMetadata, nothing_known
from interlock.builds.store.refuted import remember_refuted
from interlock.core.codes import INDEX_UNREACHABLE
from interlock.pipeline.beliefs import Beliefs, Earlier
from interlock.resolve.exclusions import UnusableSourceError
from interlock_hooks.types import (
    Belief,
    BuildOptions,
    EnvironmentRequest,
    Event,
    Finding,
    FindingReported,
    InterlockError,
    LockedEnvironment,
    Metadata,
    PackageBuildOptions,
    PassedOver,
    Resolution,
)
from kit.locked import locked, proof, sdist
from unit.builds.conftest import cache

__all__ = ["cache"]

PACKAGE = sdist("demo 1.0")
SAID = Metadata(name=PACKAGE.name, version="1.0", requires_dist=("said",), origin="backend")
BUILT = replace(SAID, requires_dist=("built",), origin="build")
PROOF = proof("proved")
OTHER = "win-64"


class Planner:
    """Reads a source that proves something or nothing, and has a PKG-INFO or none."""

    def __init__(self, tree: Path, proof: StaticMetadata) -> None:
        self.tree = tree
        self.proof = proof
        tree.mkdir(exist_ok=True)

    def static_metadata(self, _: object) -> StaticMetadata:
        return self.proof

    def read(self, _: object, look: Callable[[Path], Any]) -> Any:
        return look(self.tree)


class Sdist:
    """Beliefs about one sdist, whose backend says ``SAID`` or fails."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.planner = Planner(root / "tree", PROOF)
        self.failure: InterlockError | None = None
        self.asked = 0
        self.offered: Metadata | None = None
        self.told: list[Finding] = []

    def package_info(self, text: str) -> None:
        (self.planner.tree / "PKG-INFO").write_text(f"Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n{text}")

    def beliefs(
        self,
        belief: Belief = "static-first",
        *,
        platform: str = "linux-64",
        previous: LockedEnvironment | None = None,
        siblings: Sequence[LockedEnvironment] = (),
    ) -> Beliefs:
        options = (PackageBuildOptions(name=PACKAGE.name, belief=belief),)
        build = BuildOptions(packages=options)
        request = EnvironmentRequest(name="default", platform=platform, root=self.root, build=build)
        earlier = Earlier(previous=previous, siblings=lambda: siblings)
        return Beliefs(
            request,
            lambda: cast("Any", self.planner),
            self._ask,
            earlier,
            offered=lambda *_: self.offered,
            emit=self._emit,
        )

    def _ask(self, *_: object) -> Metadata:
        self.asked += 1
        if self.failure is not None:
            raise self.failure
        return SAID

    def _emit(self, event: Event) -> None:
        assert isinstance(event, FindingReported)
        self.told.append(event.finding)


@pytest.fixture
def demo(tmp_path: Path) -> Sdist:
    return Sdist(tmp_path)


def resolution(*passed_over: str, metadata: Sequence[Metadata] = ()) -> Resolution:
    older = tuple(PassedOver(name=PACKAGE.name, version=version, why="it does not fit") for version in passed_over)
    return replace(locked(pypi=[PACKAGE]).resolution, passed_over=older, metadata=tuple(metadata))


def lacking(*programs: str) -> BuildFailedError:
    return BuildFailedError(Finding(code="IL430", what="it failed", why="..."), lacking=Lacking(programs=programs))


def earlier_lock(*metadata: Metadata) -> LockedEnvironment:
    return replace(locked(pypi=[PACKAGE]), resolution=resolution(metadata=metadata))


def test_what_the_source_proves_comes_before_the_backend(demo: Sdist) -> None:
    found = demo.beliefs().metadata(PACKAGE, resolution())
    assert (found.origin, found.requires_dist, found.place) == ("static", ("proved",), "setup.py:3")
    assert demo.asked == 0


def test_then_a_prebuilt_wheel_tells(demo: Sdist) -> None:
    demo.planner.proof = replace(PROOF, requires_dist=NotProvable("it reads a variable"))
    demo.offered = replace(SAID, requires_dist=("torch",), origin="prebuilt")
    assert demo.beliefs().metadata(PACKAGE, resolution()) == demo.offered
    assert demo.asked == 0
    assert demo.beliefs("backend").metadata(PACKAGE, resolution()) == SAID


@pytest.mark.parametrize("case", ["not provable", "the manifest wants the backend", "walked back to"])
def test_then_the_backend_is_asked(demo: Sdist, case: str) -> None:
    if case == "not provable":
        demo.planner.proof = replace(PROOF, requires_dist=NotProvable("it reads a variable"))
    beliefs = demo.beliefs("backend" if case == "the manifest wants the backend" else "static-first")
    older = ("2.0",) if case == "walked back to" else ("0.9",)
    assert beliefs.metadata(PACKAGE, resolution(*older)) == SAID


def test_a_version_whose_backend_was_asked_is_asked_again(demo: Sdist) -> None:
    """Otherwise the rounds of resolving could go on for ever, with one answer and the other."""
    beliefs = demo.beliefs()
    beliefs.metadata(PACKAGE, resolution("2.0"))
    assert beliefs.metadata(PACKAGE, resolution()) == SAID


def test_an_old_version_whose_backend_fails_is_not_the_answer(demo: Sdist) -> None:
    demo.failure = lacking()
    with pytest.raises(UnusableSourceError):
        demo.beliefs().metadata(PACKAGE, resolution("2.0"))


@pytest.mark.parametrize("belief", ["static-first", "backend"])
def test_where_the_backend_cannot_run_a_proof_counts_in_any_case(demo: Sdist, belief: Belief) -> None:
    demo.failure = lacking("nvcc")
    assert demo.beliefs(belief).metadata(PACKAGE, resolution("2.0")).origin == "static"
    assert [finding.code for finding in demo.told] == ["IL485"]
    assert "setup.py:3" in demo.told[0].what


def test_on_another_platform_a_sibling_tells_what_is_not_proved(demo: Sdist) -> None:
    demo.planner.proof = nothing_known("it computes")
    here = earlier_lock(SAID)
    assert demo.beliefs(platform=OTHER, siblings=[here]).metadata(PACKAGE, resolution()) == SAID
    by_hand = earlier_lock(replace(SAID, origin="manifest"))
    with pytest.raises(InterlockError, match="not available on this machine"):
        demo.beliefs(platform=OTHER, siblings=[by_hand]).metadata(PACKAGE, resolution())
    assert demo.asked == 0


FAILURES = {
    "no nvcc": lacking("nvcc"),
    "no network": InterlockError(Finding(code=INDEX_UNREACHABLE, what="the index does not respond")),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_package_info_is_assumed_where_the_manifest_says_so(demo: Sdist, failure: str) -> None:
    demo.planner.proof = nothing_known("it computes")
    demo.failure = FAILURES[failure]
    demo.package_info("Requires-Dist: numpy>=1.20\n")
    with pytest.raises(InterlockError) as caught:
        demo.beliefs().metadata(PACKAGE, resolution())
    assert not isinstance(caught.value, UnusableSourceError)
    fix = caught.value.findings[0].fix or ""
    assert '`metadata = "assume"` in `[tool.interlock.build.packages.demo]`' in fix
    assert "it requires numpy>=1.20" in fix
    found = demo.beliefs("assume").metadata(PACKAGE, resolution())
    assert (found.origin, found.requires_dist) == ("pkg-info", ("numpy>=1.20",))
    assert [finding.code for finding in demo.told] == ["IL486"]


def test_what_is_assumed_comes_after_the_backend_and_a_proof(demo: Sdist) -> None:
    demo.package_info("Requires-Dist: numpy\n")
    assert demo.beliefs("assume").metadata(PACKAGE, resolution()).origin == "static"
    demo.planner.proof = nothing_known("it computes")
    assert demo.beliefs("assume").metadata(PACKAGE, resolution()) == SAID


def test_without_package_info_there_is_nothing_to_assume(demo: Sdist) -> None:
    demo.planner.proof = nothing_known("it computes")
    demo.failure = lacking("nvcc")
    with pytest.raises(BuildFailedError) as caught:
        demo.beliefs("assume").metadata(PACKAGE, resolution())
    assert caught.value is demo.failure


def test_what_a_build_has_refuted_is_not_believed_again(demo: Sdist) -> None:
    python = resolution().python
    remember_refuted(PACKAGE.artifact, python, demo.root, "static", BUILT)
    assert demo.beliefs().metadata(PACKAGE, resolution()) == replace(SAID, refuted=("static",))
    # Where the backend cannot run, the wheel that was built is better than nothing.
    demo.failure = lacking("nvcc")
    assert demo.beliefs().metadata(PACKAGE, resolution()) == replace(BUILT, refuted=("static",))
    # A backend that says something else than its wheel is not asked again.
    demo.failure = None
    remember_refuted(PACKAGE.artifact, python, demo.root, "backend", BUILT)
    assert demo.beliefs().metadata(PACKAGE, resolution()) == replace(BUILT, refuted=("backend", "static"))


def test_the_lock_carries_what_was_refuted_to_other_machines(demo: Sdist) -> None:
    before = earlier_lock(replace(SAID, refuted=("static",)))
    assert demo.beliefs(previous=before).metadata(PACKAGE, resolution()) == replace(SAID, refuted=("static",))
    before = earlier_lock(replace(BUILT, refuted=("backend", "static")))
    assert demo.beliefs(previous=before).metadata(PACKAGE, resolution()).requires_dist == ("built",)
    other = replace(PACKAGE, artifact=replace(PACKAGE.artifact, sha256="1" * 64))
    assert demo.beliefs(previous=before).metadata(other, resolution()).origin == "static"


@pytest.mark.parametrize(
    ("origin", "doubted"), [("sdist", True), ("wheel", True), ("static", True), ("backend", False)]
)
def test_files_that_state_something_wrong_are_doubted(demo: Sdist, origin: str, doubted: bool) -> None:
    assert not demo.beliefs().doubted(PACKAGE, resolution())
    remember_refuted(PACKAGE.artifact, resolution().python, demo.root, origin, BUILT)
    assert demo.beliefs().doubted(PACKAGE, resolution()) is doubted
