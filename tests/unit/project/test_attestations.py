"""Attestations of what is locked: each file once, and nothing that is unknown is taken for good."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from packaging.utils import canonicalize_name

from interlock.audit import attestations as audit
from interlock.audit.attestations import InvalidAttestationError, Publisher
from interlock.engines.http import RequestFailedError
from interlock.engines.logins import login_for
from interlock.lock.model import Lock
from interlock.project import attestations
from interlock.project.attestations import check_attestations
from interlock.project.locking import LockOutcome
from interlock_hooks.types import (
    Artifact,
    BuildMode,
    BuildPlan,
    CondaSolution,
    Index,
    LockedEnvironment,
    PrebuiltWheel,
    PyPIPackage,
    PythonTarget,
    Resolution,
)

INDEX = "https://index.example/simple"
WITH_PASSWORD = "https://me:s3cret@index.example/simple"
WHO = Publisher(kind="GitHub", identity="pypa/lib", workflow="release.yml")


def package(name: str, index: str | None = INDEX) -> PyPIPackage:
    file = f"{name}-1.0-py3-none-any.whl"
    artifact = Artifact(kind="wheel", url=f"{index}/{file}", filename=file, sha256="0" * 64)
    return PyPIPackage(name=canonicalize_name(name), version="1.0", artifact=artifact, index=index)


def locked(platform: str, *packages: PyPIPackage, overlay: tuple[PyPIPackage, ...] = ()) -> LockedEnvironment:
    plans = (BuildPlan(package=packages[0], mode=BuildMode.ISOLATED, overlay=overlay),) if overlay else ()
    python = PythonTarget(version="3.12.7", platform=platform)
    return LockedEnvironment(
        name="default",
        platform=platform,
        conda=CondaSolution(platform=platform),
        resolution=Resolution(python=python, packages=packages),
        plans=plans,
    )


def test_what_is_known_of_each_file(monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad, bare, gone, deaf, own = map(package, ("good", "bad", "bare", "gone", "deaf", "own"))
    own = package("own", index=None)
    lock = Lock().with_environment(locked("linux-64", good, bad, bare, own, overlay=(gone,)), digest="1")
    # What is attested of it is not what is installed.
    elsewhere = PrebuiltWheel(url="https://wheels.example/good.whl", filename="good.whl", sha256="1" * 64)
    plan = BuildPlan(package=good, mode=BuildMode.ISOLATED, prebuilt=elsewhere)
    lock = lock.with_environment(replace(locked("osx-arm64", good, deaf), plans=(plan,)), digest="2")
    monkeypatch.setattr(attestations, "lock_for", lambda project, mode: LockOutcome(lock, changed=False))
    asked: list[str] = []

    def addresses(index: str, name: str) -> dict[str, str | None]:
        asked.append(name)
        assert (index, login_for(index)) == (INDEX, ("me", "s3cret"))
        if name == "deaf":
            raise RequestFailedError("it timed out")
        file = f"{name}-1.0-py3-none-any.whl"
        return {} if name == "gone" else {file: None if name == "bare" else f"{index}/{name}"}

    def verified(provenance: Any, filename: str, sha256: str) -> tuple[Publisher, ...]:
        if filename.startswith("bad"):
            raise InvalidAttestationError("another hash")
        return (WHO,)

    monkeypatch.setattr(audit, "provenance_addresses", addresses)
    monkeypatch.setattr(audit, "provenance_at", lambda url: {"url": url})
    monkeypatch.setattr(audit, "verified_publishers", verified)
    monkeypatch.setattr(audit, "refresh_trust", lambda: "no network")
    request = SimpleNamespace(pypi=SimpleNamespace(indexes=(Index(url=WITH_PASSWORD),)))
    project: Any = SimpleNamespace(workspace=SimpleNamespace(request=lambda *_: request))

    found = check_attestations(project)
    assert {each.package.name: (each.state, each.publishers, each.why) for each in found.files} == {
        "good": ("verified", (WHO,), ""),
        "bad": ("invalid", (), "another hash"),
        "bare": ("none", (), ""),
        "gone": ("unknown", (), "its index does not list gone-1.0-py3-none-any.whl any more"),
        "deaf": ("unknown", (), "it timed out"),
    }
    assert found.files[0].environments == ("default (linux-64)", "default (osx-arm64)")
    assert (found.unchecked, found.number("none")) == (("good.whl", "own"), 1)
    assert sorted(asked) == ["bad", "bare", "deaf", "gone", "good"]
    invalid, unknown, stale = found.findings
    assert (invalid.code, invalid.exit_code, invalid.why) == ("IL585", 4, "another hash")
    assert "bad-1.0-py3-none-any.whl" in invalid.what
    assert (unknown.code, unknown.exit_code) == ("IL586", 1)
    assert unknown.details == (
        "gone 1.0: its index does not list gone-1.0-py3-none-any.whl any more",
        "deaf 1.0: it timed out",
    )
    assert (stale.code, stale.severity.value) == ("IL588", "warning")
