"""Which plans of a farm are one build, and what a failure stops."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from packaging.utils import canonicalize_name

from interlock.builds.run.errors import PostponedError
from interlock.core.layout import Layout
from interlock.engines.logins import login_urls
from interlock.manifest.matrix import Combination
from interlock.plugins.manager import Plugins
from interlock.project.farm import building
from interlock.project.farm.building import build_farm
from interlock.project.farm.builds import builds_of
from interlock.project.farm.planning import Planned
from interlock_hooks.types import (
    BuildMode,
    BuildPlan,
    BuiltWheel,
    EnvironmentRequest,
    Finding,
    Index,
    InterlockError,
    PyPIOptions,
)
from kit.locked import locked, plan, record, sdist, wheel

PROJECT = SimpleNamespace(layout=Layout(Path("/project")), plugins=Plugins())


def torch(version: str):
    package = wheel(f"torch {version}")
    return replace(package, artifact=replace(package.artifact, sha256=version[-1] * 64))


def planned(*plans: BuildPlan, python: str = "3.12.7", **versions: str) -> Planned:
    return Planned(
        combination=Combination(tuple(versions.items())),
        request=EnvironmentRequest(name="default", platform="linux-64", root=Path("/project")),
        locked=locked(record(f"python {python}"), pypi=[each.package for each in plans], plans=plans),
    )


def unsolvable(**versions: str) -> Planned:
    return replace(planned(**versions), locked=None, refusal=(Finding(code="IL310", what="no"),))


def after(each: BuildPlan, *names: str) -> BuildPlan:
    return replace(each, after=tuple(map(canonicalize_name, names)))


def members(found) -> dict[str, list[int]]:
    return {build.name: [member.number for member in build.members] for build in found}


def test_plans_that_see_the_same_are_one_build() -> None:
    plain = plan(sdist("plain 1.0"), needs=["setuptools"], overlay=[wheel("setuptools 75.0")])
    flash = sdist("flash 1.0")
    combinations = [
        planned(plain, plan(flash, BuildMode.MATCHED, overlay=[torch("2.6")]), torch="2.6"),
        unsolvable(torch="2.5"),
        planned(plain, plan(flash, BuildMode.MATCHED, overlay=[torch("2.7")]), torch="2.7", python="3.12.9"),
        planned(plain, torch="2.8", python="3.13.0"),
    ]
    assert members(builds_of(PROJECT, combinations)) == {
        "plain for torch 2.6": [0, 2],
        "flash for torch 2.6": [0],
        "flash for torch 2.7": [2],
        "plain for torch 2.8": [3],
    }


def test_a_build_comes_after_the_builds_that_any_of_its_members_needs() -> None:
    base = {version: plan(sdist("base 1.0"), overlay=[torch(version)]) for version in ("2.6", "2.7")}
    user = after(plan(sdist("user 1.0")), "base", "elsewhere")
    found = builds_of(PROJECT, [planned(base[each], user, torch=each) for each in base])
    (users,) = [build for build in found if build.first.name == "user"]
    assert users.after == ("base for torch 2.6", "base for torch 2.7")


class Sites:
    """Sites whose builds fail for ``failing``, or turn out to come after others, as ``late`` says."""

    def __init__(self, failing=(), late=None) -> None:
        self.failing = failing
        self.late = dict(late or {})
        self.built: list[str] = []
        self.closed = 0
        self.logins: set[str] = set()

    def __call__(self, _locked, _request, _plugins, _layout):
        return SimpleNamespace(build=self.build, accept=lambda *_: None, close=self.close, prefix=None)

    def build(self, plan: BuildPlan) -> BuiltWheel:
        if (first := self.late.pop(plan.name, None)) is not None:
            raise PostponedError(after(plan, first))
        self.built.append(plan.name)
        self.logins.update(login_urls())
        if plan.name in self.failing:
            raise InterlockError(Finding(code="IL430", what=f"{plan.name} failed"))
        return BuiltWheel(name=plan.name, version="1", path=Path(), sha256="", mode=plan.mode, seconds=1)

    def close(self) -> None:
        self.closed += 1


def outcomes(monkeypatch: pytest.MonkeyPatch, sites: Sites, *combinations: Planned) -> dict[tuple[int, str], str]:
    monkeypatch.setattr(building, "Site", sites)
    found = build_farm(PROJECT, combinations, builds_of(PROJECT, combinations))
    return {
        (each.member.number, each.member.plan.name): each.failure[0].code if each.failure else "built" for each in found
    }


def test_a_failure_stops_what_needs_it_and_is_not_tried_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    base, other = plan(sdist("base 1.0")), plan(sdist("other 1.0"))
    user = {version: after(plan(sdist("user 1.0"), overlay=[torch(version)]), "base") for version in ("2.6", "2.7")}
    sites = Sites(failing=["base"])
    combinations = [planned(base, other, user[each], torch=each) for each in user]
    assert outcomes(monkeypatch, sites, *combinations) == {
        (0, "base"): "IL430",
        (0, "other"): "built",
        (0, "user"): "IL466",
        (1, "base"): "IL430",
        (1, "other"): "built",
        (1, "user"): "IL466",
    }
    assert sorted(sites.built) == ["base", "other", "other"]
    assert sites.closed >= 2


def test_a_build_that_turns_out_to_need_another_one_runs_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    sites = Sites(late={"user": "base"})
    user, base = plan(sdist("user 1.0")), plan(sdist("base 1.0"))
    assert outcomes(monkeypatch, sites, planned(user, base)) == {(0, "user"): "built", (0, "base"): "built"}
    assert sites.built == ["base", "user"]


def test_builds_fetch_with_the_credentials_of_their_combination(monkeypatch: pytest.MonkeyPatch) -> None:
    sites, private = Sites(), Index(url="https://me:pw@h.example/simple")
    combination = planned(plan(sdist("user 1.0")))
    request = replace(combination.request, pypi=PyPIOptions(indexes=(private,)))
    assert outcomes(monkeypatch, sites, replace(combination, request=request)) == {(0, "user"): "built"}
    assert sites.logins == {private.url}
