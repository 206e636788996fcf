"""Parts of an answer, and parts put together again."""

from __future__ import annotations

from dataclasses import replace

from interlock.core.markers import marker_environment
from interlock.solve.members import agree, conda_part, joined, reached, resolution_part
from interlock_hooks.types import LockedEnvironment, PyPIPackage, Resolution
from kit.locked import locked, record, wheel


def with_extras(package: PyPIPackage, **extras: list[str]) -> PyPIPackage:
    """A package that was resolved with extras, each with what it requires."""
    by_extra = (("", package.requires), *((name, tuple(texts)) for name, texts in extras.items()))
    requires = tuple(sorted({text for _, texts in by_extra for text in texts}))
    return replace(package, requires=requires, extras=tuple(extras), requires_by_extra=by_extra)


WHOLE = locked(
    record("python 3.12.7", "openssl >=3"),
    record("openssl 3.1"),
    record("numpy 2.1", "python", "blas >=1"),
    record("blas 1.0"),
    record("tool 1.0", "python"),
    pypi=[
        with_extras(wheel("web 1", "frame"), fast=["loop"], all=["loop", "frame"]),
        wheel("frame 1", "numpy<3"),
        wheel("loop 1"),
        wheel("client 1", "web[fast]"),
    ],
    provides={"numpy 2.1": "numpy"},
)


def names(*requirements: str, overrides: tuple[str, ...] = ()) -> dict[str, frozenset[str]]:
    variables = marker_environment(WHOLE.resolution.python)
    return {**reached(WHOLE.resolution, requirements, overrides, variables)}


def test_conda_packages_come_with_what_they_need_in_the_same_order() -> None:
    assert [each.name for each in conda_part(WHOLE.conda, ["tool"]).records] == ["python", "openssl", "tool"]
    assert [each.name for each in conda_part(WHOLE.conda, ["numpy", "__cuda"]).records][-2:] == ["numpy", "blas"]


def test_an_extra_is_followed_only_where_it_is_asked_for() -> None:
    plain = frozenset({""})
    assert names("web") == {"web": plain, "frame": plain, "numpy": plain}
    assert names("client") == {
        "client": plain,
        "web": frozenset({"", "fast"}),
        "frame": plain,
        "loop": plain,
        "numpy": plain,
    }


def test_an_override_replaces_what_is_asked_for() -> None:
    assert names("web", overrides=("web[fast]==1",)).keys() >= {"loop"}
    assert names("client", "loop", overrides=("client; sys_platform == 'none'",)) == {"loop": frozenset({""})}


def test_a_part_of_a_resolution_says_what_this_environment_asked_for() -> None:
    part = resolution_part(WHOLE.resolution, names("web"), WHOLE.conda, WHOLE.resolution.python)
    assert [(each.name, each.extras, each.requires) for each in part.packages] == [
        ("web", (), ("frame",)),
        ("frame", (), ("numpy<3",)),
    ]
    assert [each.name for each in part.provided] == ["numpy"]
    without = resolution_part(
        WHOLE.resolution, names("loop"), conda_part(WHOLE.conda, ["tool"]), WHOLE.resolution.python
    )
    assert (without.packages, without.provided) == ((WHOLE.resolution.get("loop"),), ())


def test_where_a_resolver_did_not_tell_extras_apart_everything_belongs_to_the_package() -> None:
    packages = (wheel("web 1", "loop"), wheel("loop 1"))
    resolution = Resolution(python=WHOLE.resolution.python, packages=packages)
    found = reached(resolution, ["web"], (), marker_environment(resolution.python))
    assert resolution_part(resolution, found, WHOLE.conda, resolution.python).packages == packages


def test_parts_put_together_have_everything_once() -> None:
    one = part("one", "web")
    other = part("other", "client")
    whole = joined("both", [one, other])
    assert whole is not None
    assert {each.name for each in whole.resolution.packages} == {"web", "frame", "loop", "client"}
    assert [each.name for each in whole.conda.records] == [each.name for each in WHOLE.conda.records]
    assert joined("none", []) is None


def test_parts_agree_if_what_they_share_is_the_same() -> None:
    one, other = part("one", "web"), part("other", "client")
    assert agree([one, other])
    moved = replace(other, resolution=replace(other.resolution, packages=(wheel("frame 2"),)))
    assert not agree([one, moved])
    newer = replace(other.conda, records=(record("python 3.13.1"),))
    assert not agree([one, replace(other, conda=newer)])


def part(name: str, requirement: str) -> LockedEnvironment:
    resolution = resolution_part(WHOLE.resolution, names(requirement), WHOLE.conda, WHOLE.resolution.python)
    return replace(WHOLE, name=name, resolution=resolution)
