"""README and docs say what is so: their manifests load, commands and exit codes exist, links lead somewhere."""

from __future__ import annotations

import argparse
import html
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import tomli

from interlock.cli.parser import make_parser
from interlock.manifest import load
from interlock_hooks.types import ExitCode

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
TUTORIALS = sorted((ROOT / "docs" / "tutorials").glob("*.md"))
LINE_LENGTH = 120
PAGES = ["README.md", "CHANGELOG.md", "SECURITY.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
PAGES += [str(path.relative_to(ROOT)) for path in TUTORIALS]
PAGES += [str(path.relative_to(ROOT)) for path in (ROOT / "recipes" / "projects").glob("**/README.md")]


def blocks(language: str, page: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)


def prose(page: str) -> str:
    """The page without its code, line by line as it was."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.sub(r"^```.*?^```", lambda code: "\n" * code[0].count("\n"), text, flags=re.MULTILINE | re.DOTALL)


def commands(parser: argparse.ArgumentParser, *path: str) -> Iterator[str]:
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not groups:
        yield " ".join(("interlock", *path))
    for group in groups:
        for name, below in group.choices.items():
            yield from commands(below, *path, name)


def test_the_table_of_commands_is_complete() -> None:
    rows = re.findall(r"^\| `(interlock [a-z]+(?: [a-z-]+)?)[^`]*` \|", README, flags=re.MULTILINE)
    assert rows == list(commands(make_parser("interlock")))


def test_the_exit_codes_are_the_exit_codes() -> None:
    rows = re.findall(r"^\| (\d+) \| .+ \|$", README, flags=re.MULTILINE)
    assert [int(code) for code in rows] == [int(code) for code in ExitCode]


def test_the_manifest_loads_both_ways(tmp_path: Path) -> None:
    manifest, matched, prebuilt = blocks("toml")
    unisolated = manifest[manifest.index("[tool.pixi.pypi-options]") :]
    for number, text in enumerate((manifest + prebuilt, manifest.replace(unisolated, matched) + prebuilt)):
        path = tmp_path / str(number) / "pyproject.toml"
        path.parent.mkdir()
        path.write_text(text)
        workspace = load(path)
        assert workspace.findings == ()
        build = workspace.request("default", "linux-64").build
        assert ("flash-attn" in build.no_isolation) is (number == 0)
        assert [len(options.prebuilt) for options in build.packages] == [1]
        assert [entry.match_runtime for options in build.packages for entry in options.requirements] == [True] * number


def test_the_manifest_of_the_tutorial_loads(tmp_path: Path) -> None:
    (manifest,) = blocks("toml", TUTORIAL)
    path = tmp_path / "pyproject.toml"
    path.write_text(manifest)
    workspace = load(path)
    assert workspace.findings == ()
    assert [options.name for options in workspace.request("default", "linux-64").build.packages] == ["pesq"]


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_the_manifests_of_a_tutorial_load(page: Path, tmp_path: Path) -> None:
    """Those that begin a project are complete, and the others say what else can be in it."""
    found = re.findall(r"^```toml (\S+)\n(.*?)^```", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    assert len(found) == page.read_text().count("```toml")
    begun = ""
    for number, (name, text) in enumerate(found):
        whole = re.search(r"^\[(?:project|workspace)\]$", text, flags=re.MULTILINE) is not None
        begun = text if whole else begun
        manifest = tmp_path / str(number) / name
        manifest.parent.mkdir()
        manifest.write_text(text if whole else begun[: begun.index("[tool.interlock.")] + text)
        workspace = load(manifest)
        assert workspace.findings == ()
        request = workspace.request("default", "linux-64")
        assert request.requirements
        assert request.build.packages or not whole


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_a_tutorial_leads_to_an_import_and_beyond(page: Path) -> None:
    text = page.read_text()
    titles = re.findall(r"^## (.+)$", text, flags=re.MULTILINE)
    assert titles[-3:] == ["When it fails", "Share it", "What was tried"]
    assert "What goes wrong without it" in titles
    assert any(title.startswith("What Interlock reads from the source") for title in titles)
    assert "interlock env run -- " in text


@pytest.mark.parametrize("page", PAGES)
def test_findings_that_are_named_exist(page: str) -> None:
    """Those of third-party plugins, which end in 90 to 99, are theirs."""
    named = set(re.findall(r"\bIL(?![58]9)\d{3}\b", (ROOT / page).read_text()))
    known = set(re.findall(r"^\| (IL\d{3}) \|", (ROOT / "docs" / "findings.md").read_text(), flags=re.MULTILINE))
    assert sorted(named - known) == []


@pytest.mark.parametrize(
    "page", ["README.md", "docs/tutorial.md", *(f"docs/tutorials/{page.name}" for page in TUTORIALS)]
)
def test_the_commands_in_examples_exist(page: str) -> None:
    parser = make_parser("interlock")
    examples = blocks("sh", (ROOT / page).read_text())
    lines = [shlex.split(line, comments=True) for block in examples for line in block.splitlines()]
    used = [words[1:] for words in lines if words[0] == "interlock" and words[1:] != ["--version"]]
    assert used
    for words in used:
        parser.parse_args(words)


def test_the_picture_is_of_commands_that_exist_and_loads_nothing() -> None:
    picture = html.unescape((ROOT / "docs" / "images" / "demo.svg").read_text(encoding="utf-8")).replace("\xa0", " ")
    parser = make_parser("interlock")
    used = re.findall(r">interlock (env .+?)</text>", picture)
    assert used
    for command in used:
        parser.parse_args(command.split())
    assert "url(http" not in picture
    assert "@import" not in picture
    assert not re.search(r"/(home|root|tmp)/", picture)


def test_make_has_the_targets_that_are_named() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in set(re.findall(r"\bmake ([a-z]+)\b(?=`|\s+#)", README)):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


def test_the_extra_exists() -> None:
    project = tomli.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "channel" in project["optional-dependencies"]
    assert set(project["scripts"]) == {"interlock", "pixi-env"}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        path, _, anchor = target.partition("#")
        if path.startswith("http"):
            continue
        found = (ROOT / page).parent / path if path else ROOT / page
        assert found.exists(), target
        if anchor:
            titles = re.findall(r"^#+ (.+)$", found.read_text(encoding="utf-8"), flags=re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
            assert anchor in slugs, target


@pytest.mark.parametrize("page", PAGES)
def test_files_of_the_repository_that_are_named_exist(page: str) -> None:
    named = re.findall(r"`((?:plugin|hooks|tests|benchmarks|recipes|docs)/[\w./-]+)`", prose(page))
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_prose_is_wrapped(page: str) -> None:
    """Tables and code are as wide as they have to be."""
    long = [
        f"{page}:{number}"
        for number, line in enumerate(prose(page).splitlines(), start=1)
        if len(line) > LINE_LENGTH and not line.lstrip().startswith("|")
    ]
    assert long == []
