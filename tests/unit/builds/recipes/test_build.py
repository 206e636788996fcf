from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from interlock.builds.recipes import build
from interlock.builds.recipes.build import RecipeBuilder
from interlock.builds.recipes.channel import OwnChannel
from interlock.builds.recipes.errors import NotHereError
from interlock.core.platforms import current_platform
from interlock.engines.process import ProcessTimeout
from interlock_hooks.types import (
    BuildOptions,
    CodeStarted,
    CondaSource,
    EnvironmentRequest,
    Event,
    Finding,
    InterlockError,
)

ELSEWHERE = "osx-arm64"


class Bench:
    """A source, and a builder whose runs of rattler-build are made up: ``outcome`` gets the directory of a build."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.runs = 0
        self.outcome: Callable[[Path], dict[str, str]] = lambda work: self.packages(work, "noarch/demo-1.0-0.conda")
        self.log: list[str] = []
        self.events: list[Event] = []
        monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(root / "cache"))
        monkeypatch.setattr(build, "run_recipe", self._run)
        (root / "demo").mkdir()
        (root / "demo" / "recipe.yaml").write_text("package: {name: demo, version: '1.0'}\n")
        self.source = CondaSource(url=(root / "demo").as_uri(), recipe="recipe.yaml")

    def packages(self, work: Path, *names: str) -> dict[str, str]:
        for subdir in ("noarch", current_platform()):
            (work / "output" / subdir).mkdir(parents=True)
        for name in names:
            (work / "output" / name).touch()
        return {}

    def _run(
        self, recipe: Path, request: EnvironmentRequest, work: Path, on_line: Callable[[str], None]
    ) -> dict[str, str]:
        self.runs += 1
        for line in self.log:
            on_line(line.replace("COPY", str(work / "source")))
        return self.outcome(work)

    def build(
        self, platform: str = "", options: BuildOptions | None = None, limit: str | None = None
    ) -> build.BuiltChannel:
        request = EnvironmentRequest(
            name="default",
            platform=platform or current_platform(),
            root=self.root,
            build=options or BuildOptions(),
            conda_exclude_newer=limit,
        )
        own = OwnChannel(self.root / "channel", self.root)
        return RecipeBuilder(request, own, self.root / "logs", self.events.append).built(self.source)

    def error(self, platform: str = "") -> Finding:
        with pytest.raises(InterlockError) as caught:
            self.build(platform)
        (found,) = caught.value.findings
        return found


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(tmp_path, monkeypatch)


def test_nothing_is_built_twice_until_the_source_changes(bench: Bench) -> None:
    first = bench.build()
    again = bench.build()
    assert (first.fresh, again.fresh, bench.runs) == (True, False, 1)
    assert (first.folder, first.names, first.source.digest is not None) == (again.folder, ["demo"], True)
    (bench.root / "demo" / "new.txt").touch()
    assert [each for each in bench.events if isinstance(each, CodeStarted)] == [
        CodeStarted(kind="recipe", name="demo", source=bench.source.url, entry="recipe.yaml")
    ]
    assert bench.build().folder != first.folder
    assert bench.runs == 2


def test_another_time_limit_for_what_it_is_built_with_is_another_build(bench: Bench) -> None:
    folders = {bench.build(limit=limit).folder for limit in (None, "2024-01-01", "2025-01-01", "2024-01-01")}
    assert (len(folders), bench.runs) == (3, 3)


def test_a_failure_leaves_nothing_and_is_told_by_the_script_s_first_error(bench: Bench) -> None:
    bench.log = ["Starting", "+ gcc -c COPY/a.c", "COPY/a.c:1:1: error: no", "Script failed with status 1", "To run"]
    bench.outcome = lambda _: {"kind": "build", "text": "Script failed"}
    found = bench.error()
    place = bench.root / "demo" / "a.c"
    assert (found.code, found.exit_code, found.why) == ("IL491", 3, f"{place}:1:1: error: no")
    assert found.details == (f"+ gcc -c {place}", f"{place}:1:1: error: no")
    assert found.log is not None
    assert Path(found.log).is_file()
    bench.outcome = lambda work: bench.packages(work, "noarch/demo-1.0-0.conda")
    assert bench.build().fresh


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        ({"kind": "recipe", "text": "missing required field"}, "IL492"),
        ({"kind": "git", "text": ".."}, "IL492"),
        ({"kind": "path", "text": "/src"}, "IL492"),
        ({"kind": "moving", "text": "https://x.example/a.git"}, "IL492"),
        ({"kind": "platform", "text": "the recipe skips this platform"}, "IL492"),
    ],
)
def test_what_is_wrong_with_a_recipe(bench: Bench, failure: dict[str, str], code: str) -> None:
    bench.outcome = lambda _: failure
    assert bench.error().code == code


def test_packages_for_every_platform_serve_another_one(bench: Bench) -> None:
    assert bench.build(ELSEWHERE).names == ["demo"]


def test_a_package_of_this_platform_refuses_another_one(bench: Bench) -> None:
    bench.outcome = lambda _: {"kind": "platform", "text": "demo is not noarch"}
    with pytest.raises(NotHereError):
        bench.build(ELSEWHERE)
    bench.outcome = lambda work: bench.packages(work, f"{current_platform()}/demo-1.0-0.conda")
    assert bench.build().fresh
    with pytest.raises(NotHereError) as caught:
        bench.build(ELSEWHERE)
    assert caught.value.findings[0].code == "IL493"
    assert ELSEWHERE in caught.value.findings[0].what


def test_the_time_limit(bench: Bench) -> None:
    def slow(_: Path) -> dict[str, str]:
        raise ProcessTimeout(["x"], 5)

    bench.outcome = slow
    assert bench.error().code == "IL431"


def test_without_py_rattler_build_the_line_to_install_it_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rattler_build", None)
    found = bench.error()
    assert (found.code, found.fix) == ("IL490", "run `pip install 'interlock[channel]'`")


def test_a_source_that_changes_while_it_is_copied_is_not_taken_for_what_it_was(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = build.copy_source

    def edited(source: CondaSource, target: Path) -> Path:
        (bench.root / "demo" / "late.txt").touch()
        return copy(source, target)

    monkeypatch.setattr(build, "copy_source", edited)
    assert bench.error().code == "IL494"
    assert bench.runs == 0


def test_files_that_cannot_be_written_are_told(bench: Bench) -> None:
    (bench.root / "channel").touch()
    assert bench.error().code == "IL491"
