from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from packaging.utils import canonicalize_name

from interlock.lock.model import Lock
from interlock.project import advisories
from interlock.project.advisories import Advised, check_advisories
from interlock.project.locking import LockOutcome
from interlock_hooks.types import (
    Artifact,
    AuditOptions,
    BuildMode,
    BuildPlan,
    CondaSolution,
    IgnoredAdvisory,
    LockedEnvironment,
    PyPIPackage,
    PythonTarget,
    Resolution,
)

TODAY = date(2026, 6, 30)


def package(name: str, kind: str = "wheel", requires: tuple[str, ...] = ()) -> PyPIPackage:
    artifact = Artifact(kind=kind, url=f"file:///{name}")
    return PyPIPackage(name=canonicalize_name(name), version="1.0", artifact=artifact, requires=requires)


def locked(platform: str, *packages: PyPIPackage, overlay: tuple[PyPIPackage, ...] = ()) -> LockedEnvironment:
    python = PythonTarget(version="3.12.7", platform=platform)
    plans = [BuildPlan(package=each, mode=BuildMode.ISOLATED, overlay=overlay) for each in packages if overlay]
    return LockedEnvironment(
        name="default",
        platform=platform,
        conda=CondaSolution(platform=platform),
        resolution=Resolution(python=python, packages=packages),
        plans=tuple(plans),
    )


@pytest.fixture
def checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Checks a lock of two environments against a database with advisories on lib, and on tool, which builds."""
    for name in ("lib", "tool"):
        about = {"package": {"ecosystem": "PyPI", "name": name}, "versions": ["1.0"]}
        record = {"id": f"GHSA-{name}", "aliases": [f"CVE-{name}"], "summary": "bad", "affected": [about]}
        (tmp_path / f"{name}.json").write_text(json.dumps(record))
    app = package("app", "sdist", requires=("lib[fast]>=1; python_version>'3'",))
    lock = Lock()
    lock = lock.with_environment(locked("linux-64", app, package("lib"), package("own", "directory")), digest="1")
    lock = lock.with_environment(locked("osx-arm64", package("lib")), digest="2")
    lock = lock.with_environment(replace(locked("linux-64", app, overlay=(package("tool"),)), name="other"), digest="3")
    monkeypatch.setattr(advisories, "lock_for", lambda project, mode: LockOutcome(lock, changed=False))

    def check(*ignore: IgnoredAdvisory) -> Advised:
        audit = AuditOptions(advisories=str(tmp_path), ignore=ignore)
        project: Any = SimpleNamespace(workspace=SimpleNamespace(shared=SimpleNamespace(audit=audit)))
        return check_advisories(project, today=TODAY)

    return check


def test_who_requires_a_package_and_for_which_environments_it_is_locked(checked: Any) -> None:
    found = checked()
    assert not found.clean
    assert (found.checked, found.unchecked) == (3, ("own",))
    assert [(each.advisory.id, each.required_by, each.environments) for each in found.concerns] == [
        ("GHSA-lib", ("app 1.0", "the project"), ("default (linux-64)", "default (osx-arm64)")),
        ("GHSA-tool", ("the build of app",), ("other (linux-64)",)),
    ]
    assert [(each.code, each.severity.value) for each in found.findings] == [("IL581", "error"), ("IL581", "error")]
    assert found.findings[0].what == "lib 1.0 has GHSA-lib (CVE-lib): bad"


def test_what_the_manifest_ignores_by_any_name_until_a_day(checked: Any) -> None:
    lib = IgnoredAdvisory(id="CVE-lib", reason="not reachable", until="2026-06-30")
    tool = IgnoredAdvisory(id="GHSA-tool", reason="only builds")
    found = checked(lib, tool)
    assert found.clean
    assert [(each.code, each.severity.value) for each in found.findings] == [("IL583", "note"), ("IL583", "note")]
    assert [each.ignored.reason for each in found.concerns] == ["not reachable", "only builds"]


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (IgnoredAdvisory(id="GHSA-lib", reason="x", until="2026-06-29"), "its last day was 2026-06-29"),
        (IgnoredAdvisory(id="GHSA-none", reason="x"), "no locked package has this advisory"),
    ],
)
def test_an_entry_that_ignores_nothing_is_told(checked: Any, entry: IgnoredAdvisory, why: str) -> None:
    found = checked(entry)
    assert not found.clean
    assert [(each.code, each.why) for each in found.findings if each.code == "IL584"] == [("IL584", why)]
