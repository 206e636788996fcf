"""How to test the functions of a plugin: call them with values from ``interlock_hooks.types``; nothing is installed."""

from __future__ import annotations

from pathlib import Path

import pytest
import site_policy
from packaging.utils import canonicalize_name

from interlock_hooks.types import (
    Artifact,
    EnvironmentRequest,
    InterlockError,
    PyPIPackage,
    PythonTarget,
    Resolution,
)


def request(**rules: object) -> EnvironmentRequest:
    return EnvironmentRequest(
        name="default", platform="linux-64", root=Path("/project"), settings={"site-policy": rules}
    )


def package(name: str, *requires: str) -> PyPIPackage:
    artifact = Artifact(kind="wheel", url=f"file:///{name}-1.0-py3-none-any.whl")
    return PyPIPackage(name=canonicalize_name(name), version="1.0", artifact=artifact, requires=requires)


def test_a_refused_package_is_an_error_that_says_who_requires_it() -> None:
    python = PythonTarget(version="3.12.7", platform="linux-64")
    resolution = Resolution(python=python, packages=(package("app", "Left_Pad>=1"), package("left-pad")))
    (finding,) = site_policy.interlock_check_resolution(resolution, request(refuse=["left.pad", "absent"]))
    assert finding.what == "left-pad 1.0 is not allowed here"
    assert finding.why.endswith("required by app 1.0")


def test_constraints_and_variables_are_handed_on() -> None:
    rules = request(**{"conda-constraints": ["openssl >=3.2"], "build-variables": {"A": "1"}})
    (constraint,) = site_policy.interlock_conda_request(rules).constraints
    assert (constraint.spec, constraint.origin) == ("openssl >=3.2", "site-policy")
    assert site_policy.interlock_build_variables(rules) == {"A": "1"}


def test_a_misspelled_rule_is_an_error() -> None:
    with pytest.raises(InterlockError, match="refused"):
        site_policy.interlock_conda_request(request(refused=[]))
