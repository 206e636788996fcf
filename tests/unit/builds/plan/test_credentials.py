"""Credentials are in no plan, and come back for the build."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from packaging.utils import canonicalize_name

from interlock.builds.plan.credentials import public, with_credentials
from interlock_hooks.types import BuildOptions, PackageBuildOptions
from unit.builds.conftest import plan_for, sdist_package

DECLARED = (("FETCH", "https://me:secret@host.example/a"), ("FLAG", "1"))
SETTINGS = (("from", ("https://me:secret@host.example/b", "c")),)


def test_a_plan_without_credentials_gets_those_of_the_manifest_back(tmp_path: Path) -> None:
    said = PackageBuildOptions(name=canonicalize_name("demo"), variables=DECLARED)
    build = BuildOptions(packages=(said,), config_settings=SETTINGS)
    plan = plan_for(sdist_package(tmp_path, "demo"), variables=public(DECLARED), config_settings=public(SETTINGS))
    assert plan.variables == (("FETCH", "https://host.example/a"), ("FLAG", "1"))
    assert plan.config_settings == (("from", ("https://host.example/b", "c")),)
    found = with_credentials(plan, build)
    assert (found.variables, found.config_settings) == (DECLARED, SETTINGS)
    # Of another address, as a frozen lock may have it, they are not.
    other = replace(plan, variables=(("FETCH", "https://other.example/a"), ("MORE", "x")))
    assert with_credentials(other, build).variables == other.variables
    assert with_credentials(plan, BuildOptions()) == plan
