"""What a built wheel says of itself against what the lock believes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from interlock.resolve.agreement import differences
from interlock_hooks.testing.index import Index as Distributions
from interlock_hooks.testing.wheels import with_extra
from interlock_hooks.types import (
    EnvironmentRequest,
    Metadata,
    MetadataOrigin,
    ProvidedDistribution,
    PyPIPackage,
    Resolution,
    ScopedOverride,
)
from kit.locked import sdist, wheel
from unit.resolve.asking import LINUX, Asker

LIB = replace(sdist("lib 1.0", "dep>=1,<3", "num"), extras=("fast",))
NAME = LIB.name


def said(*requires: str, python: str | None = None, origin: MetadataOrigin = "static") -> Metadata:
    return Metadata(name=NAME, version="1.0", requires_dist=requires, requires_python=python, origin=origin)


def found(
    now: Metadata, believed: Metadata | None, *, package: PyPIPackage = LIB, **request: object
) -> tuple[str, ...]:
    resolution = Resolution(
        python=LINUX,
        packages=(wheel("dep 2.0"), package),
        provided=(ProvidedDistribution(name=wheel("num 1").name, version="2.1", record="num"),),
        metadata=() if believed is None else (believed,),
    )
    asked = EnvironmentRequest(name="default", platform="linux-64", root=Path("/"), **request)  # type: ignore[arg-type]
    return differences(now, package, resolution, asked)


@pytest.mark.parametrize(
    ("believed", "now"),
    [
        (("dep>=1,<3",), ("Dep <3, >=1.0",)),
        (("dep; sys_platform == 'linux'",), ("dep",)),
        (("dep", "other; sys_platform == 'win32'"), ("dep",)),
        (("dep", "other; extra == 'slow'"), ("dep", "another; extra == 'slow'")),
        (("dep; extra == 'fast'",), ('dep; extra == "FAST"',)),
        (("dep>=1.*",), ("dep>=1",)),
        (("lib[more]; extra == 'fast'", "dep; extra == 'more'"), ("dep; extra == 'fast'",)),
    ],
)
def test_other_words_for_the_same(believed: tuple[str, ...], now: tuple[str, ...]) -> None:
    assert found(said(*now), said(*believed)) == ()
    assert found(said(*believed), said(*now)) == ()


@pytest.mark.parametrize(
    ("believed", "now", "lines"),
    [
        (("dep",), ("dep", "more>=1"), ("+ more>=1",)),
        (("dep", "more"), ("dep",), ("- more",)),
        (("dep<3",), ("dep<2; python_version >= '3'",), ("- dep<3", "+ dep<2")),
        (("dep",), ("dep[extra]",), ("- dep", "+ dep[extra]")),
        (("dep",), ("dep @ https://host/dep.whl",), ("- dep", "+ dep@ https://host/dep.whl")),
        (("dep; extra == 'fast'",), (), ("- dep",)),
        ((), ("lib[more]; extra == 'fast'", "dep; extra == 'more'"), ("+ dep",)),
    ],
)
def test_every_difference_is_a_line(believed: tuple[str, ...], now: tuple[str, ...], lines: tuple[str, ...]) -> None:
    shown = tuple(line.replace(" @ ", "@ ") for line in found(said(*now), said(*believed)))
    assert shown == lines


def test_the_interpreter() -> None:
    assert found(said(python=">=3.8,<4"), said(python="<4, >=3.8")) == ()
    lines = ("- Requires-Python: any", "+ Requires-Python: >=3.9")
    assert found(said(python=">=3.9"), said()) == lines
    assert found(said(python=">=3.9"), said(origin="manifest")) == ()
    assert found(said(python=">=3.9"), said(origin="manifest", python=">=3.8")) != ()


@pytest.mark.parametrize(
    ("now", "lines"),
    [
        (("dep", "num>=2"), ()),
        (("dep==2.0", "num"), ()),
        (("dep", "num", "own; sys_platform == 'win32'"), ()),
        (("dep",), ("- num",)),
        (("dep", "num", "more"), ("+ more",)),
        (("dep<2", "num>=3"), ("+ dep<2 (the lock has dep 2.0)", "+ num>=3 (the lock has num 2.1)")),
    ],
)
@pytest.mark.parametrize("origin", ["sdist", "wheel"])
def test_what_only_the_resolver_read_is_compared_with_its_answer(
    now: tuple[str, ...], lines: tuple[str, ...], origin: str
) -> None:
    believed = said(*LIB.requires, origin="wheel") if origin == "wheel" else None
    assert found(said(*now, python=">=3.9"), believed) == lines


def test_what_the_manifest_overrides_does_not_count() -> None:
    assert found(said("dep", "more<1"), said("dep"), overrides=("more>=2",)) == ()
    scoped = ScopedOverride(package=NAME, version="1.0.0", requirements=("more; python_version < '0'",))
    assert found(said("dep", "more<1"), said("dep"), scoped_overrides=(scoped,)) == ()
    others = ScopedOverride(package=NAME, version="2.0", requirements=("more",))
    assert found(said("dep", "more<1"), said("dep"), scoped_overrides=(others,)) == ("+ more<1",)
    # An entry for the version alone holds for it, as uv has it.
    scoped = replace(scoped, requirements=("dep>=2",))
    every = replace(others, version=None)
    assert found(said("dep", "more<1"), said("dep"), scoped_overrides=(scoped, every)) == ("+ more<1",)


def test_what_uv_reads_agrees_with_a_wheel_that_says_the_same(packages: Distributions, ask: Asker) -> None:
    requires = (
        "Base_Lib (>=1)",
        "base-lib!=3.*,~=1.0; sys_platform == 'linux'",
        "num>=2",
        "absent; python_version < '3'",
    )
    extras = {"all": ["lib[more,Other_One]"], "more": ["dep[fast]==1.*"], "other-one": ["over<1", "base-lib<2"]}
    packages.sdist("lib", "1.0", requires=requires, extras=extras)
    packages.wheel("dep", "1.0", extras={"fast": ["leaf"]})
    for name in ("base-lib", "leaf", "over"):
        packages.wheel(name, "1.0")
    request = ask.request("lib[all]", "leaf<2", conda=("num 2.1",), overrides=("over>=1",), constraints=("base-lib<5",))
    resolution = ask.resolve(request)
    package = resolution.get("lib")
    assert package is not None
    texts = [with_extra(text, extra) for extra, needed in extras.items() for text in needed]
    asked = EnvironmentRequest(name="default", platform="linux-64", root=Path("/"), overrides=("over>=1",))
    assert differences(said(*requires, *texts), package, resolution, asked) == ()
    assert differences(said(*requires), package, resolution, asked) == ("- dep[fast]==1.*",)
