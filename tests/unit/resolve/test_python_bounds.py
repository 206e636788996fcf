from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from packaging.utils import canonicalize_name

from interlock.resolve.python_bounds import ROUND_LIMIT, Bounds, WithinBounds, admits_python
from interlock.resolve.uv.errors import Known, NoResolutionError
from interlock_hooks.types import Artifact, Finding, Metadata, PassedOver, PyPIPackage, PyPIRequest, Resolution
from unit.resolve.asking import LINUX, requirement

APP = canonicalize_name("app")


class Releases:
    """A resolver of one package: the newest release that is not left out; ``pythons`` is what each one requires."""

    def __init__(self, pythons: Mapping[str, str | None], kind: str = "wheel") -> None:
        self.pythons = pythons
        self.kind = kind
        self.calls = 0

    def __call__(self, request: PyPIRequest) -> Resolution:
        self.calls += 1
        left = [each for each in self.pythons if not any(_leaves_out(out, each) for out in request.excluded)]
        if not left:
            finding = Finding(code="IL310", what="nothing is left", details=("as uv says",))
            raise NoResolutionError(finding, known=Known(request.metadata, request.excluded))
        version = max(left, key=float)
        artifact = Artifact(kind=self.kind, url=f"https://example.org/{version}", filename=f"app-{version}.tar.gz")
        return Resolution(python=LINUX, packages=(PyPIPackage(name=APP, version=version, artifact=artifact),))

    def read(self, artifacts: Sequence[Artifact]) -> list[str | None]:
        return [self.pythons[artifact.url.rpartition("/")[2]] for artifact in artifacts]

    def within(self, *, inherited: bool, bounds: Bounds | None = None, asked: str = "app", **more) -> Resolution:
        request = PyPIRequest(environment="default", python=LINUX, root="/srv", requirements=(requirement(asked),))
        return WithinBounds(self, self.read, bounds or Bounds(inherited))(replace(request, **more))


def _leaves_out(entry: PassedOver, version: str) -> bool:
    return entry.version == version or (entry.older and float(version) < float(entry.version))


def test_the_newest_release_that_admits_the_interpreter() -> None:
    releases = Releases({"3.0": "<3.12", "2.0": ">=3.9,<4", "1.0": None})
    bounds = Bounds(inherited=False)
    found = releases.within(inherited=False, bounds=bounds)
    assert [package.version for package in found.packages] == ["2.0"]
    assert [(str(entry), entry.why) for entry in found.passed_over] == [
        ("app 3.0", "it requires Python <3.12, and the interpreter is Python 3.12.7")
    ]
    assert not bounds.met


def test_older_releases_inherit_a_bound() -> None:
    releases, bounds = Releases({"3.0": "<3.12", "1.0": None}), Bounds(inherited=True)
    with pytest.raises(NoResolutionError) as refusal:
        releases.within(inherited=True, bounds=bounds)
    assert refusal.value.findings[0].details == (
        "app==3.0 requires Python <3.12, and the interpreter is Python 3.12.7",
        "as uv says",
    )
    # Another interpreter is not to be asked without them.
    assert refusal.value.known == Known()
    assert bounds.met


def test_a_release_that_is_older_than_what_is_used_is_not_told() -> None:
    """The version of an earlier lock is taken first."""

    class Preferring(Releases):
        def __call__(self, request: PyPIRequest) -> Resolution:
            found = super().__call__(request)
            if request.excluded:
                return found
            return replace(found, packages=(replace(found.packages[0], version="1.0", artifact=old),))

    old = Artifact(kind="wheel", url="https://example.org/1.0")
    found = Preferring({"2.0": None, "1.0": "<3.12"}).within(inherited=True)
    assert [package.version for package in found.packages] == ["2.0"]
    assert found.passed_over == ()


def test_what_is_left_out_can_be_said_to_uv() -> None:
    """PEP 440 compares with local versions only for equality."""
    older = PassedOver(name=APP, version="2.1+cu124", why="", older=True)
    assert [older.constraint, replace(older, older=False).constraint] == ["app>2.1", "app!=2.1+cu124"]


def test_the_manifest_can_lift_a_bound() -> None:
    releases = Releases({"3.0": "<3.12", "1.0": None})
    found = releases.within(inherited=True, metadata=(Metadata(name=APP),))
    assert [package.version for package in found.packages] == ["3.0"]


def test_what_a_backend_says_counts() -> None:
    said = Metadata(name=APP, version="3.0", requires_python="<3.12", origin="backend")
    found = Releases({"3.0": None, "1.0": None}).within(inherited=False, metadata=(said,))
    assert [package.version for package in found.packages] == ["1.0"]


def test_a_source_has_no_other_version() -> None:
    releases = Releases({"3.0": "<3.12", "1.0": None}, kind="directory")
    with pytest.raises(NoResolutionError) as refusal:
        releases.within(inherited=False, asked="app @ file:///srv/app")
    assert refusal.value.findings[0].why == "app requires Python <3.12, and the interpreter is Python 3.12.7"
    assert refusal.value.findings[0].where is not None


def test_a_package_that_comes_again_has_no_other_version() -> None:
    """As from the URL that another package names."""

    class Stubborn(Releases):
        def __call__(self, request: PyPIRequest) -> Resolution:
            return super().__call__(replace(request, excluded=()))

    releases = Stubborn({"3.0": "<3.12"})
    with pytest.raises(NoResolutionError):
        releases.within(inherited=True)
    assert releases.calls == 2


def test_of_several_releases_the_newest_is_told() -> None:
    found = Releases({"4.0": "<3.12", "3.0": "<3.11", "1.0": None}).within(inherited=False)
    assert [str(entry) for entry in found.passed_over] == ["app 4.0"]


def test_the_number_of_rounds_is_limited() -> None:
    releases = Releases({**{f"{number}.0": "<3.12" for number in range(1, 500)}, "0.5": None})
    with pytest.raises(NoResolutionError):
        releases.within(inherited=False)
    assert releases.calls == ROUND_LIMIT + 2


@pytest.mark.parametrize(
    ("required", "version", "admitted"),
    [
        (None, "3.12.7", True),
        ("", "3.12.7", True),
        ("what?", "3.12.7", True),
        ("<3.12", "3.12.7", False),
        ("!=3.12.7", "3.12.7", False),
        ("<3.12.7", "3.12.3", True),
        (">=3.6.*", "3.12.7", True),
        (">=3.14", "3.14.0rc2", True),
    ],
)
def test_interpreters_that_are_admitted(required: str | None, version: str, admitted: bool) -> None:
    assert admits_python(required, replace(LINUX, version=version)) is admitted
