"""What conda could supply is among what uv may choose, whatever else the manifest says of where packages come from."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.utils import NormalizedName

from interlock_hooks.testing.index import Index as Distributions
from interlock_hooks.testing.wheels import write_wheel
from interlock_hooks.types import Index, Metadata, NameSelection, OfferedDistribution, PyPIOptions, Resolution
from unit.resolve.asking import Asker, requirement, versions

LIB = NormalizedName("lib")


def offer(*found: str, or_index: bool = False) -> tuple[OfferedDistribution, ...]:
    return (OfferedDistribution(name=LIB, versions=found, or_index=or_index),)


def chosen(resolution: Resolution) -> dict[str, str]:
    return {entry.name: entry.version for entry in resolution.provided}


@pytest.fixture
def app(packages: Distributions) -> Distributions:
    """An app that needs lib 2 or newer, of which the index has 1 and 3, which is an app of its own."""
    packages.wheel("app", "1.0", requires=["lib>=1.5"])
    packages.wheel("app", "0.5", requires=["lib>=0.5"])
    packages.wheel("lib", "1.0")
    packages.wheel("lib", "3.0", requires=["absent"])
    return packages


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("or_index", [False, True])
@pytest.mark.parametrize(
    "options",
    [
        {"no_binary": NameSelection(names=frozenset({LIB}))},
        {"no_build": NameSelection(everything=True)},
        {"index_strategy": "unsafe-first-match"},
        {"index_strategy": "unsafe-best-match"},
        {"prerelease": "disallow"},
    ],
)
def test_no_option_keeps_an_offer_out(ask: Asker, or_index: bool, options: dict[str, object]) -> None:
    asked = PyPIOptions(indexes=(ask.index,), **options)  # type: ignore[arg-type]  # what the cases hold
    found = ask("app==1.0", offered=offer("2.0", "1.0", or_index=or_index), options=asked)
    assert chosen(found) == {"lib": "2.0"}
    assert versions(found) == {"app": "1.0"}


@pytest.mark.usefixtures("app")
def test_offers_lie_on_any_file_system(ask: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    def across(*_: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(Path, "hardlink_to", across)
    assert chosen(ask("app==1.0", offered=offer("2.0", "1.0"))) == {"lib": "2.0"}


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("or_index", [False, True])
def test_without_an_index_offers_are_left(ask: Asker, or_index: bool) -> None:
    (ask.root / "links").mkdir()
    write_wheel(ask.root / "links", "app", "1.0", requires=["lib>=1.5"])
    options = PyPIOptions(indexes=(ask.index,), find_links=("links",), no_index=True)
    found = ask("app", offered=offer("2.0", "1.0", or_index=or_index), options=options)
    assert (chosen(found), versions(found)) == ({"lib": "2.0"}, {"app": "1.0"})


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("or_index", [False, True])
@pytest.mark.parametrize("mode", [None, "disallow", "if-necessary", "explicit"])
def test_pre_releases_that_conda_has_may_be_chosen(ask: Asker, or_index: bool, mode: str | None) -> None:
    """A pin holds them, too, so that a proof must not pass over them."""
    options = PyPIOptions(indexes=(ask.index,), prerelease=mode)  # type: ignore[arg-type]  # what the cases hold
    found = ask("app==1.0", offered=offer("2.0rc1", "1.0", or_index=or_index), options=options)
    assert chosen(found) == {"lib": "2.0rc1"}
    assert versions(ask("app==1.0", conda=("lib 2.0rc1",), options=options)) == {"app": "1.0"}


def test_an_index_that_is_named_for_an_offered_package_may_serve_it(
    ask: Asker, app: Distributions, other_index: Distributions
) -> None:
    other_index.wheel("lib", "2.5")
    other = Index(url=other_index.url, name="other", explicit=True)
    options = PyPIOptions(indexes=(ask.index, other))
    own = replace(requirement("lib"), index="other")
    assert versions(ask("app==1.0", own, offered=offer("1.0", or_index=True), options=options))["lib"] == "2.5"


def test_declared_metadata_holds_for_what_the_index_has(ask: Asker, app: Distributions) -> None:
    declared = (Metadata(name=LIB),)
    found = ask("app==1.0", offered=offer("1.0", or_index=True), metadata=declared)
    assert versions(found) == {"app": "1.0", "lib": "3.0"}


def test_no_binary_for_everything_is_not_asked_of_offers(ask: Asker, packages: Distributions) -> None:
    packages.sdist("app", "1.0", requires=["lib>=2"])
    options = PyPIOptions(indexes=(ask.index,), no_binary=NameSelection(everything=True))
    assert chosen(ask("app", offered=offer("2.0"), options=options)) == {"lib": "2.0"}


def test_a_requirement_by_url_is_no_offer(ask: Asker, packages: Distributions) -> None:
    wheel = packages.wheel("lib", "2.0")
    found = ask(f"lib @ {wheel.as_uri()}", offered=offer("2.0", or_index=True))
    assert chosen(found) == {}
    assert versions(found) == {"lib": "2.0"}


@pytest.mark.parametrize("or_index", [False, True])
def test_offers_are_of_no_date(ask: Asker, tmp_path: Path, or_index: bool) -> None:
    folder = tmp_path / "wheels"
    folder.mkdir()
    write_wheel(folder, "app", "1.0", requires=["lib>=1.5"])
    options = PyPIOptions(indexes=(ask.index,), find_links=(str(folder),), exclude_newer="2020-01-01T00:00:00Z")
    assert chosen(ask("app", offered=offer("2.0", or_index=or_index), options=options)) == {"lib": "2.0"}


@pytest.mark.parametrize("or_index", [False, True])
def test_offers_have_local_parts(ask: Asker, packages: Distributions, or_index: bool) -> None:
    packages.wheel("app", "1.0", requires=["lib==2.1+cu124"])
    packages.wheel("app", "2.0", requires=["lib==2.1,!=2.1+cu124"])
    packages.wheel("lib", "2.1", requires=["never"])
    offered = offer("2.1+cpu", "2.1+cu124", or_index=or_index)
    assert chosen(ask("app==1.0", offered=offered)) == {"lib": "2.1+cu124"}
    assert chosen(ask("app==2.0", offered=offered)) == {"lib": "2.1+cpu"}
