from __future__ import annotations

from dataclasses import replace

import pytest
from packaging.utils import canonicalize_name

from interlock.resolve.dynamic import resolve_fixpoint
from interlock.resolve.exclusions import EXCLUSION_LIMIT, UnusableSourceError, kept, left_out
from interlock.resolve.uv.errors import NoResolutionError
from interlock_hooks.types import (
    Artifact,
    Finding,
    InterlockError,
    Metadata,
    PassedOver,
    PyPIPackage,
    PyPIRequest,
    Resolution,
)
from unit.resolve.asking import LINUX, requirement, versions

DEMO = canonicalize_name("demo")


class Releases:
    """A resolver of one package: the newest of its sdists that is not left out.

    ``newer`` is a release that does not fit, from which it walked back. ``asked`` are the versions whose backend ran.
    """

    def __init__(self, *releases: str, newer: str | None = None) -> None:
        self.releases = releases
        self.newer = newer
        self.asked: list[str] = []

    def __call__(self, request: PyPIRequest) -> Resolution:
        out = request.excluded
        left = [each for each in self.releases if not any(_leaves_out(entry, each) for entry in out)]
        if not left:
            raise NoResolutionError(Finding(code="IL310", what="nothing is left"))
        package = PyPIPackage(
            name=DEMO, version=left[0], artifact=Artifact(kind="sdist", url="https://example.org/demo")
        )
        said = [entry for entry in request.metadata if entry.version == left[0]]
        return Resolution(
            python=LINUX,
            packages=(package,),
            metadata=tuple(said) or (Metadata(name=DEMO, version=left[0], origin="assumed"),),
            passed_over=() if self.newer is None else (PassedOver(name=DEMO, version=self.newer, why="x"),),
        )

    def produce(self, package: PyPIPackage, _: Resolution) -> Metadata:
        self.asked.append(package.version)
        if package.version.endswith(".0"):
            return Metadata(name=DEMO, version=package.version, origin="backend")
        raise UnusableSourceError(Finding(code="IL430", what="it failed", why=f"{package.version} is broken"))


def _leaves_out(entry: PassedOver, version: str) -> bool:
    return version == entry.version or (entry.older and float(version) < float(entry.version))


def ask(releases: Releases, *texts: str, **options: object) -> Resolution:
    asked = tuple(requirement(text) for text in texts)
    request = PyPIRequest(environment="default", python=LINUX, root="/", requirements=asked, **options)  # type: ignore[arg-type]
    return resolve_fixpoint(request, releases, releases.produce)


def test_the_next_release_is_taken_and_the_broken_one_remembered() -> None:
    found = ask(Releases("2.1", "2.0"), "demo")
    assert versions(found) == {"demo": "2.0"}
    why = "its metadata is not available: 2.1 is broken"
    assert found.passed_over == (PassedOver(name=DEMO, version="2.1", why=why),)


def test_what_the_resolver_walked_back_to_is_left_out_with_all_that_is_older() -> None:
    releases = Releases("0.2", "0.1", newer="3.0")
    with pytest.raises(NoResolutionError) as caught:
        ask(releases, "demo")
    assert releases.asked == ["0.2"]
    assert caught.value.unusable is not None
    assert caught.value.unusable.findings[0].why == "0.2 is broken"


@pytest.mark.parametrize("text", ["demo==2.1", "demo===2.1", "demo @ https://example.org/demo-2.1.tar.gz"])
def test_what_is_pinned_is_an_error_at_once(text: str) -> None:
    releases = Releases("2.1", "2.0")
    with pytest.raises(UnusableSourceError):
        ask(releases, text)
    with pytest.raises(UnusableSourceError):
        ask(releases, "demo", constraints=(text,))
    assert releases.asked == ["2.1", "2.1"]


def test_a_range_is_not_a_pin() -> None:
    assert versions(ask(Releases("2.1", "2.0"), "demo==2.*")) == {"demo": "2.0"}


def test_only_so_many_are_tried_and_the_first_failure_is_told() -> None:
    releases = Releases(*(f"9.{minor}" for minor in range(9, 0, -1)), "8.0")
    with pytest.raises(UnusableSourceError) as caught:
        ask(releases, "demo")
    assert caught.value.findings[0].why == "9.9 is broken"
    assert len(releases.asked) == EXCLUSION_LIMIT + 1


def test_other_failures_leave_nothing_out() -> None:
    releases = Releases("2.1", "2.0")

    def fail(package: PyPIPackage, resolution: Resolution) -> Metadata:
        raise InterlockError(Finding(code="IL303", what="the index does not answer"))

    request = PyPIRequest(environment="default", python=LINUX, root="/", requirements=(requirement("demo"),))
    with pytest.raises(InterlockError, match="does not answer"):
        resolve_fixpoint(request, releases, fail)


def test_the_user_is_told_and_it_stays_known_as_long_as_it_counts() -> None:
    found = ask(Releases("2.1", "2.0"), "demo")
    (warning,) = left_out(found)
    assert (warning.code, warning.what) == ("IL484", "demo 2.1 cannot be used; demo 2.0 is used instead")
    assert "demo!=2.1" in warning.fix
    again = replace(found, passed_over=())
    assert list(kept(found, again)) == list(found.passed_over)
    moved = replace(again, packages=(replace(again.packages[0], version="3.0"),))
    assert list(kept(found, moved)) == []
    assert list(kept(found, found)) == []


def test_an_obstacle_is_no_news_and_stays_known_as_long_as_it_stands() -> None:
    package = PyPIPackage(name=DEMO, version="1.0", artifact=Artifact(kind="wheel", url="https://example.org/demo"))
    other = replace(package, name=canonicalize_name("numpy"), version="2.1")
    entry = PassedOver(name=DEMO, version="2.0", why="it needs numpy<2, and numpy is 2.1", needs="numpy<2")
    found = Resolution(python=LINUX, packages=(package, other), passed_over=(entry,))
    assert list(left_out(found)) == []
    again = replace(found, passed_over=())
    assert list(kept(found, again)) == [entry]
    moved = replace(again, packages=(package, replace(other, version="2.2")))
    assert list(kept(found, moved)) == []
