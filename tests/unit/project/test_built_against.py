from __future__ import annotations

from interlock.project.built_against import built_against
from interlock_hooks.types import BuildMode
from kit.locked import locked, plan, record, sdist, wheel

EXT = sdist("ext 1.0")


def test_only_what_the_environment_has_in_the_version_that_the_build_saw() -> None:
    torch, older, tool = wheel("torch 2.6"), wheel("packaging 24"), wheel("setuptools 80")
    environment = locked(
        record("python 3.12.7"),
        record("numpy 2.1"),
        pypi=(EXT, torch, wheel("packaging 25")),
        provides={"numpy 2.1": "numpy"},
        plans=[plan(EXT, BuildMode.MATCHED, overlay=[torch, older, tool])],
    )
    used = ["ext", "numpy", "packaging", "setuptools", "torch"]
    assert [f"{each.name} {each.version}" for each in built_against(environment, "ext", used)] == [
        "numpy 2.1",
        "torch 2.6",
    ]
