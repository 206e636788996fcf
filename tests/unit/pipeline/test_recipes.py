from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from interlock.builds.recipes.build import BuiltChannel
from interlock.builds.recipes.errors import NotHereError
from interlock.core.layout import Layout
from interlock.core.named_files import not_replaced
from interlock.core.platforms import current_platform
from interlock.core.recipes import with_digest
from interlock.pipeline import recipes
from interlock.pipeline.recipes import require_buildable_here, with_built_sources, with_packages_here
from interlock.plugins.manager import Plugins
from interlock.solve.request import with_built_from
from interlock_hooks.types import (
    UNLIMITED,
    CondaSolution,
    CondaSource,
    CondaSpec,
    EnvironmentRequest,
    InterlockError,
    Location,
    Solve,
)
from kit.locked import locked, record

WHERE = Location(file="pixi.toml", line=7)


class Builder:
    """Stands for the builds: every source has the packages in ``names``."""

    def __init__(self, root: Path, *names: str) -> None:
        self.folder = root / "built"
        (self.folder / "noarch").mkdir(parents=True, exist_ok=True)
        for name in names:
            (self.folder / "noarch" / f"{name}-1.0-0.conda").write_text("built here")

    def built(self, source: CondaSource, where: Location | None = None) -> BuiltChannel:
        return BuiltChannel(with_digest(source), self.folder, fresh=True)


@pytest.fixture
def source(tmp_path: Path) -> CondaSource:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "recipe.yaml").write_text("build: {number: 1}\n")
    return CondaSource(url=(tmp_path / "pkg").as_uri(), recipe="recipe.yaml")


def asking(root: Path, source: CondaSource, platform: str = "", **more: object) -> EnvironmentRequest:
    spec = CondaSpec(spec="demo[version='1.*']", where=WHERE, built_from=source)
    request = EnvironmentRequest(
        name="default", platform=platform or current_platform(), root=root, conda_specs=(CondaSpec(spec="python"), spec)
    )
    return replace(request, **more)  # type: ignore[arg-type]


def solved(root: Path, request: EnvironmentRequest) -> EnvironmentRequest:
    solve = with_built_sources(Solve.alone(request), Plugins(), Layout(root))
    assert solve.members == (solve.request,)
    return solve.request


def test_what_is_asked_of_a_source_is_taken_from_its_channel_which_comes_first(
    tmp_path: Path, source: CondaSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    builder = Builder(tmp_path, "demo")
    monkeypatch.setattr(recipes, "_builder", lambda *_: builder)
    url = builder.folder.as_uri()
    found = solved(tmp_path, asking(tmp_path, source, conda_exclude_newer="2020-01-01"))
    assert found.channels == (url, "conda-forge")
    assert [spec.spec for spec in found.conda_specs] == ["python", f"{url}::demo[version='1.*']"]
    assert found.conda_specs[1].built_from == with_digest(source)
    assert found.conda_exclude_newer_channel == ((url, UNLIMITED),)
    assert solved(tmp_path, asking(tmp_path, source, channels=("x",))).channels == (url, "x")


def test_a_recipe_that_makes_other_packages(
    tmp_path: Path, source: CondaSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipes, "_builder", lambda *_: Builder(tmp_path, "other"))
    with pytest.raises(InterlockError) as caught:
        solved(tmp_path, asking(tmp_path, source))
    (found,) = caught.value.findings
    assert (found.code, found.where, found.fix) == ("IL492", WHERE, "ask for 'other'")


def test_nothing_changes_without_a_source(tmp_path: Path) -> None:
    solve = Solve.alone(EnvironmentRequest(name="default", platform="linux-64", root=tmp_path))
    assert with_built_sources(solve, Plugins(), Layout(tmp_path)) is solve


def test_another_platform_is_refused_before_anything_is_built(tmp_path: Path, source: CondaSource) -> None:
    with pytest.raises(NotHereError) as caught:
        solved(tmp_path, asking(tmp_path, source, "osx-arm64"))
    assert (caught.value.findings[0].code, caught.value.findings[0].where) == ("IL493", WHERE)
    require_buildable_here(Solve.alone(asking(tmp_path, source)))
    (tmp_path / "pkg" / "recipe.yaml").write_text("build: {noarch: generic}\n")
    require_buildable_here(Solve.alone(asking(tmp_path, source, "osx-arm64")))


def test_records_of_a_source_s_channel_know_their_source_and_are_never_preferred(
    tmp_path: Path, source: CondaSource
) -> None:
    spec = CondaSpec(spec="file:///own::demo", built_from=source)
    own, other = replace(record("demo 1"), channel="file:///own/"), record("lib 1")
    found = with_built_from(CondaSolution(platform="linux-64", records=(own, other)), [CondaSpec(spec="lib"), spec])
    assert [each.built_from for each in found.records] == [source, None]
    assert not_replaced(asking(tmp_path, source), found.records) == [other]


class Held:
    """A lock with ``demo``, whose archive is not on this machine, and what a new build gives."""

    def __init__(self, root: Path, source: CondaSource, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.source = root, source
        own = replace(
            record("demo 1.0", "lib"), built_from=with_digest(source), sha256="1", url="file:///none/demo.conda"
        )
        self.locked = locked(record("lib 1"), own)
        self.made = replace(own, built_from=None, sha256="2", url="file:///here/demo.conda")
        monkeypatch.setattr(recipes, "_builder", lambda *_: Builder(root, "demo"))
        monkeypatch.setattr("interlock.engines.rattler.candidates.query", lambda *_: [self.made])

    def here(self):
        return with_packages_here(self.locked, asking(self.root, self.source), Plugins(), Layout(self.root))

    def error(self) -> str:
        with pytest.raises(InterlockError) as caught:
            self.here()
        return caught.value.findings[0].code


@pytest.fixture
def held(tmp_path: Path, source: CondaSource, monkeypatch: pytest.MonkeyPatch) -> Held:
    return Held(tmp_path, source, monkeypatch)


def test_a_package_that_is_not_here_is_built_again_and_told_to_be_another_archive(held: Held) -> None:
    found, notes = held.here()
    assert [each.url for each in found.conda.records][1] == "file:///here/demo.conda"
    assert found.conda.records[1].built_from == held.locked.conda.records[1].built_from
    assert [note.code for note in notes] == ["IL496"]
    held.made = replace(held.made, sha256="1")
    assert held.here()[1] == ()


def test_a_package_that_is_here_as_it_is_locked_is_taken(held: Held, tmp_path: Path) -> None:
    from interlock.core.files import sha256_of

    archive = tmp_path / "demo-1.0-0.conda"
    archive.touch()
    own = replace(held.locked.conda.records[1], url=archive.as_uri(), sha256=sha256_of(archive))
    held.locked = replace(held.locked, conda=replace(held.locked.conda, records=(own,)))
    assert held.here() == (held.locked, ())


def test_a_source_that_is_not_the_locked_one_is_not_built_in_its_name(held: Held) -> None:
    (held.root / "pkg" / "new.txt").touch()
    assert held.error() == "IL494"


@pytest.mark.parametrize("change", [{"depends": ("lib 2",)}, {"version": "2.0"}, {"build": "other"}])
def test_a_build_that_gives_something_else_is_an_error(held: Held, change: dict[str, object]) -> None:
    held.made = replace(held.made, **change)  # type: ignore[arg-type]
    assert held.error() == "IL495"
