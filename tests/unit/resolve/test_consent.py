from __future__ import annotations

from collections.abc import Mapping

import pytest
from packaging.utils import canonicalize_name

from interlock.resolve.consent import Consenting, check_consent, may_run
from interlock.resolve.uv.errors import NoResolutionError
from interlock.resolve.uv.lacks import Lack
from interlock_hooks.types import (
    Artifact,
    BuildMode,
    BuildOptions,
    BuildPlan,
    CondaSolution,
    Finding,
    InterlockError,
    LockedEnvironment,
    NameSelection,
    PackageBuildOptions,
    PyPIPackage,
    PyPIRequest,
    Resolution,
)
from unit.resolve.asking import LINUX, requirement

LISTED = BuildOptions(allow="listed", packages=(PackageBuildOptions(name=canonicalize_name("known")),))


def package(name: str, version: str = "1.0", kind: str = "sdist", requires: tuple[str, ...] = ()) -> PyPIPackage:
    filename = f"{name}-{version}" + (".tar.gz" if kind == "sdist" else "-py3-none-any.whl")
    artifact = Artifact(kind=kind, url=f"https://example.org/{filename}", filename=filename)
    return PyPIPackage(name=canonicalize_name(name), version=version, artifact=artifact, requires=requires)


class Releases:
    """A resolver of packages that have a newest release, and perhaps an older one as a wheel."""

    def __init__(self, newest: Mapping[str, PyPIPackage], wheels: Mapping[str, PyPIPackage]) -> None:
        self.newest = newest
        self.wheels = wheels
        self.calls = 0

    def __call__(self, request: PyPIRequest) -> Resolution:
        self.calls += 1
        chosen = []
        for name, found in self.newest.items():
            if name in request.options.no_build.names and found.needs_build:
                if name not in self.wheels:
                    lack = Lack(canonicalize_name(name), "no wheel")
                    raise NoResolutionError(Finding(code="IL310", what="nothing fits"), lacks=(lack,))
                chosen.append(self.wheels[name])
            else:
                chosen.append(found)
        return Resolution(python=LINUX, packages=tuple(chosen))


def asked(*texts: str) -> PyPIRequest:
    return PyPIRequest(
        environment="default", python=LINUX, root="/srv", requirements=tuple(requirement(text) for text in texts)
    )


def test_without_a_choice_all_code_may_run() -> None:
    releases = Releases({"app": package("app")}, {})
    assert Consenting(releases, BuildOptions())(asked("app")).packages[0].needs_build
    assert releases.calls == 1


def test_a_listed_package_is_built() -> None:
    releases = Releases({"known": package("known")}, {})
    assert Consenting(releases, LISTED)(asked("known")).packages[0].needs_build


def test_one_without_isolation_is_listed_if_it_is_named() -> None:
    named = BuildOptions(allow="listed", no_isolation=NameSelection(names=frozenset({"app"})))
    assert may_run(package("app"), named, ())
    assert not may_run(package("app"), BuildOptions(allow="listed", no_isolation=NameSelection(everything=True)), ())


def test_an_older_version_with_a_wheel_is_taken_and_told() -> None:
    releases = Releases({"app": package("app", "2.0")}, {"app": package("app", "1.0", "wheel")})
    found = Consenting(releases, LISTED)(asked("app"))
    assert [str(each) for each in found.packages] == ["app 1.0"]
    assert [str(each) for each in found.passed_over] == ["app 2.0"]
    assert 'allow = "listed"' in found.passed_over[0].why


def test_a_wheel_of_the_same_version_is_not_told() -> None:
    releases = Releases({"app": package("app")}, {"app": package("app", kind="wheel")})
    assert Consenting(releases, LISTED)(asked("app")).passed_over == ()


def test_only_what_has_no_wheel_is_blamed_with_who_requires_it() -> None:
    newest = {"app": package("app", requires=("dep>=1",)), "dep": package("dep"), "other": package("other", "2.0")}
    releases = Releases(
        newest, {"app": package("app", kind="wheel", requires=("dep>=1",)), "other": package("other", kind="wheel")}
    )
    with pytest.raises(NoResolutionError) as refusal:
        Consenting(releases, LISTED)(asked("app", "other"))
    assert refusal.value.unusable is not None
    (finding,) = refusal.value.unusable.findings
    assert (finding.code, finding.what.split(" would")[0]) == ("IL322", "dep 1.0")
    assert finding.why.startswith("app 1.0 requires it, ")
    assert "[tool.interlock.build.packages.dep]" in finding.fix
    assert int(finding.exit_code) == 1


def test_of_a_url_there_is_nothing_else_to_take() -> None:
    releases = Releases({"app": package("app")}, {"app": package("app", kind="wheel")})
    with pytest.raises(InterlockError) as refused:
        Consenting(releases, LISTED)(asked("app @ https://example.org/app-1.0.tar.gz"))
    assert refused.value.findings[0].code == "IL322"
    assert releases.calls == 1


def test_a_directory_of_the_project_may_run_and_that_of_another_package_not() -> None:
    artifact = Artifact(kind="directory", url="file:///srv/app")
    tree = PyPIPackage(name=canonicalize_name("app"), version="1.0", artifact=artifact)
    assert may_run(tree, LISTED, (requirement("app @ file:///srv/app"),))
    assert not may_run(tree, LISTED, (requirement("app"),))
    assert not may_run(tree, LISTED, ())


def test_a_lock_cannot_allow_more_than_the_manifest() -> None:
    known = package("known")

    def locked(built_with: PyPIPackage) -> LockedEnvironment:
        return LockedEnvironment(
            name="default",
            platform="linux-64",
            conda=CondaSolution(platform="linux-64"),
            resolution=Resolution(python=LINUX, packages=(known,)),
            plans=(BuildPlan(package=known, mode=BuildMode.ISOLATED, overlay=(built_with,)),),
        )

    check_consent(locked(package("tool")), BuildOptions(), ())
    check_consent(locked(package("tool", kind="wheel")), LISTED, ())
    with pytest.raises(InterlockError) as refused:
        check_consent(locked(package("tool")), LISTED, ())
    (finding,) = refused.value.findings
    assert (finding.code, finding.why.split(",")[0]) == ("IL322", "build of known requires it")
