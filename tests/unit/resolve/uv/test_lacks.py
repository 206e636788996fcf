"""Why no version of a package can be used, from the words of the real uv."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from interlock.resolve.uv.errors import NoResolutionError
from interlock.resolve.uv.lacks import Lack
from interlock_hooks.testing.index import Index as Distributions
from interlock_hooks.types import UNLIMITED, Index, Location, NameSelection, PyPIOptions
from unit.resolve.asking import Asker, requirement

LIB = canonicalize_name("lib")
ALL, ONE = NameSelection(everything=True), NameSelection(names=frozenset({LIB}))


def lack(ask: Asker, *requirements: object, **fields: object) -> Lack:
    with pytest.raises(NoResolutionError) as refused:
        ask(*requirements, **fields)
    (found,) = refused.value.lacks
    assert refused.value.findings[0].why == found.why
    return found


def test_building_is_forbidden(packages: Distributions, ask: Asker) -> None:
    packages.sdist("lib", "1.0")
    packages.wheel("app", "1.0", requires=["lib"])
    for selection, fix in ((ALL, "list in `no-build` only"), (ONE, "take lib out of `no-build`")):
        found = lack(ask, "app", options=PyPIOptions(indexes=(ask.index,), no_build=selection))
        assert (found.name, found.why.partition(", and ")[2]) == (LIB, "`no-build` forbids building it from source")
        assert found.fix.startswith(fix)


def test_wheels_are_forbidden(packages: Distributions, ask: Asker) -> None:
    packages.wheel("lib", "1.0")
    found = lack(ask, "lib", options=PyPIOptions(indexes=(ask.index,), no_binary=ONE))
    assert found.why == "lib has no source distribution, and `no-binary` forbids its wheels"


def test_no_index_has_it(packages: Distributions, ask: Asker) -> None:
    default = Index(url=ask.index.url, default=True, where=Location(file="pixi.toml", line=7, key="index-url"))
    found = lack(ask, "lib", options=PyPIOptions(indexes=(default,)))
    assert found.why == f"{ask.index.url} has no package lib; it replaces PyPI (pixi.toml:7)"
    packages.wheel("app", "1.0", requires=["lib"])
    both = (Index(url=f"{ask.index.url}more/", name="more"), default)
    found = lack(ask, "app", options=PyPIOptions(indexes=both))
    assert found.why.startswith(f"none of the indexes has lib: more ({ask.index.url}more/), {ask.index.url}; ")


def test_python(packages: Distributions, ask: Asker) -> None:
    assert lack(ask, "python>=3").fix.startswith("list it under `[dependencies]`")
    packages.wheel("app", "1.0", requires=["python>=3"])
    assert lack(ask, "app").fix == ""


def test_it_is_for_others(packages: Distributions, ask: Asker) -> None:
    packages.wheel("lib", "1.0", tag="cp39-cp39-manylinux_2_17_x86_64")
    assert lack(ask, "lib").why.endswith("on linux-64 nor a source distribution; there are wheels for cp39")
    packages.wheel("new", "1.0", requires_python=">=3.99")
    assert lack(ask, "new").why.startswith("new requires Python >=3.99, but the interpreter is Python 3.")


def test_only_what_is_said_of_all_versions_counts(packages: Distributions, ask: Asker) -> None:
    """The second version fits the interpreter; that it cannot be used has another reason."""
    packages.wheel("lib", "1.0", tag="cp39-cp39-manylinux_2_17_x86_64")
    packages.wheel("lib", "2.0", requires=["leaf>=2"])
    packages.wheel("leaf", "1.0")
    with pytest.raises(NoResolutionError) as refused:
        ask("lib")
    assert refused.value.lacks == ()


def test_a_later_index_has_it(packages: Distributions, other_index: Distributions, ask: Asker) -> None:
    packages.wheel("lib", "1.0")
    other_index.wheel("lib", "2.0")
    first = Index(url=ask.index.url)
    found = lack(ask, "lib>=2", options=PyPIOptions(indexes=(first, Index(url=other_index.url, default=True))))
    assert "the first index that has it" in found.why
    assert "unsafe-best-match" in found.fix


def test_it_is_too_new_or_of_unknown_age(packages: Distributions, ask: Asker) -> None:
    wheel = packages.wheel("lib", "1.0")
    where = Location(file="pyproject.toml", line=3, key="tool.uv.exclude-newer")
    options = PyPIOptions(indexes=(ask.index,), exclude_newer="2026-01-01", exclude_newer_where=where)
    found = lack(ask, "lib", options=options)
    assert found.why.startswith(f"local ({ask.index.url}) does not say when lib was uploaded")
    assert "`exclude-newer-package = { lib = false }` in `[tool.uv]`" in found.fix
    packages.served.uploaded[wheel.name] = "2026-03-01T00:00:00Z"
    found = lack(ask, "lib", options=options)
    assert found.why == "all versions of lib that fit were uploaded after 2026-01-01 (`exclude-newer`)"
    for limited in (
        PyPIOptions(indexes=(ask.index,), exclude_newer_package=((LIB, "2026-02-01"),)),
        PyPIOptions(indexes=(Index(url=ask.index.url, default=True, exclude_newer="2026-02-01"),)),
    ):
        assert "after 2026-02-01" in lack(ask, "lib", options=limited).why


def test_exemptions(packages: Distributions, ask: Asker, tmp_path: Path) -> None:
    packages.wheel("lib", "1.0")
    for options in (
        PyPIOptions(indexes=(ask.index,), exclude_newer="2026-01-01", exclude_newer_package=((LIB, UNLIMITED),)),
        PyPIOptions(
            indexes=(Index(url=ask.index.url, name="local", exclude_newer=UNLIMITED),), exclude_newer="2026-01-01"
        ),
    ):
        assert ask("lib", options=options).get("lib") is not None


def test_a_named_index(packages: Distributions, other_index: Distributions, ask: Asker) -> None:
    packages.wheel("lib", "1.0")
    other = Index(url=other_index.url, name="other", explicit=True)
    options = PyPIOptions(indexes=(other, ask.index))
    found = lack(ask, requirement("lib", index="other"), options=options)
    assert found.why == f"the index that is named for lib, other ({other_index.url}), does not have it"


@pytest.mark.parametrize("asked", ["lib", "lib>=2", "app"])
def test_it_was_yanked(packages: Distributions, ask: Asker, asked: str) -> None:
    packages.served.yanked[packages.wheel("lib", "2.0").name] = "broken"
    packages.wheel("app", "1.0", requires=["lib==2.0"])
    found = lack(ask, asked)
    assert found.why == "lib 2.0 was yanked: broken, and no other version fits"
    assert "`lib==2.0`" in found.fix
