"""Which wheels are checked, and in which order they go in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from packaging.utils import canonicalize_name

from interlock.pipeline.wheels import install_wheels
from interlock.plugins.manager import Plugins
from interlock_hooks import hookimpl
from interlock_hooks.types import (
    Artifact,
    AuditOptions,
    Event,
    Finding,
    FindingReported,
    InterlockError,
    PyPIPackage,
    Requirement,
    WheelFile,
)
from kit.hooks import environment as make_environment


def package(folder: Path, name: str, *requires: str, there: bool = True) -> PyPIPackage:
    path = folder / f"{name}-1.0-py3-none-any.whl"
    if there:
        path.write_text(name)
    artifact = Artifact(kind="wheel", url=path.as_uri(), filename=path.name)
    return PyPIPackage(name=canonicalize_name(name), version="1.0", artifact=artifact, requires=requires)


class Doing:
    """A transaction that only takes note, and the plugin that checks."""

    def __init__(self, root: Path, packages: Sequence[PyPIPackage], *direct: str, wheels: str = "direct") -> None:
        self.steps: list[str] = []
        self.events: list[Event] = []
        self.refused = ""
        self._packages = packages
        known: Literal["direct"] = wheels  # type: ignore[assignment]
        made = make_environment(root)
        texts = tuple(Requirement(name=canonicalize_name(name), text=f"{name} @ file:///x.whl") for name in direct)
        request = replace(made.request, requirements=texts, audit=AuditOptions(wheels=known))
        resolution = replace(made.locked.resolution, packages=tuple(packages))
        self._environment = replace(made, request=request, locked=replace(made.locked, resolution=resolution))
        self.plugins = Plugins()
        self.plugins.register_builtin("check", self)

    @hookimpl
    def interlock_event(self, event: Event) -> None:
        self.events.append(event)

    @hookimpl
    def interlock_check_wheel(self, wheel: WheelFile) -> list[Finding]:
        self.steps.append(f"check {wheel.name}")
        return [Finding(code="IL590", what="no")] if wheel.name == self.refused else []

    def missing_wheels(self) -> list[PyPIPackage]:
        return list(self._packages)

    def install_wheels(self, packages: Sequence[PyPIPackage], files: Mapping[str, Path] | None = None) -> None:
        if packages:
            at_hand = "".join("*" for each in packages if each.name in (files or {}))
            self.steps.append(f"install {' '.join(each.name for each in packages)}{at_hand}")

    def run(self) -> int:
        number, _ = install_wheels(self._environment, self.plugins, self)  # type: ignore[arg-type]
        return number


def test_direct_wheels_come_after_what_they_require(tmp_path: Path) -> None:
    ext = package(tmp_path, "ext", "torch", "helper>=1")
    torch, helper = package(tmp_path, "torch"), package(tmp_path, "helper")
    doing = Doing(tmp_path, [ext, helper, torch], "ext", "Torch")
    assert doing.run() == 3
    assert doing.steps == ["install helper", "check torch", "install torch*", "check ext", "install ext*"]


@pytest.mark.parametrize("wheels", ["none", "built"])
def test_others_are_not_fetched(tmp_path: Path, wheels: str) -> None:
    doing = Doing(tmp_path, [package(tmp_path, "ext")], "ext", wheels=wheels)
    doing.run()
    assert doing.steps == ["install ext"]


def test_all_are_checked_if_that_is_asked(tmp_path: Path) -> None:
    circle = [package(tmp_path, "a", "b"), package(tmp_path, "b", "a")]
    doing = Doing(tmp_path, circle, wheels="all")
    doing.run()
    assert doing.steps == ["check a", "check b", "install a b**"]


def test_what_does_not_pass_stays_out(tmp_path: Path) -> None:
    doing = Doing(tmp_path, [package(tmp_path, "ext", "torch"), package(tmp_path, "torch")], "ext")
    doing.refused = "ext"
    with pytest.raises(InterlockError):
        doing.run()
    assert doing.steps == ["install torch", "check ext"]


def test_what_cannot_be_fetched_is_left_to_uv(tmp_path: Path) -> None:
    doing = Doing(tmp_path, [package(tmp_path, "ext", there=False)], "ext")
    doing.run()
    assert doing.steps == ["install ext"]
    (event,) = doing.events
    assert isinstance(event, FindingReported)
    assert event.finding.code == "IL551"
