"""The page of findings names every code that the source uses, and no other; each code has one place in the source."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from interlock_hooks.types import ExitCode, Finding

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
ROWS = {code: cells for code, *cells in re.findall(r"^\| (IL\d{3}) \| (.+) \| (.+) \|$", PAGE, flags=re.MULTILINE)}
# Left to third-party plugins.
FREE = re.compile(r"IL[58]9\d")


def used() -> dict[str, list[str]]:
    """Every code with the files that use it."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "plugin").rglob("*.py")):
        for code in re.findall(r'"(IL\d{3})"', path.read_text(encoding="utf-8")):
            found.setdefault(code, []).append(str(path.relative_to(ROOT)))
    return found


def test_every_code_is_documented() -> None:
    assert {code: files for code, files in used().items() if code not in ROWS} == {}


def test_no_documented_code_is_stale() -> None:
    assert sorted(set(ROWS) - set(used())) == []


def test_codes_are_in_order_and_described_once() -> None:
    codes = re.findall(r"^\| (IL\d{3}) ", PAGE, flags=re.MULTILINE)
    assert codes == sorted(set(codes))
    for code, (meaning, remedy) in ROWS.items():
        assert meaning.endswith("."), code
        assert remedy, code


def test_codes_of_plugins_are_left_free() -> None:
    assert [code for code in used() if FREE.fullmatch(code)] == []


@pytest.mark.parametrize(("digit", "status"), re.findall(r"^\| IL(\d)xx \|.*\| (\d) \|$", PAGE, flags=re.MULTILINE))
def test_the_exit_codes_are_as_the_page_says(digit: str, status: str) -> None:
    assert Finding(code=f"IL{digit}00", what="x").exit_code == ExitCode(int(status))


@pytest.mark.parametrize(
    ("codes", "status"), re.findall(r"^\| (IL\d{3}, .*?) \|.*\| (\d) \|$", PAGE, flags=re.MULTILINE)
)
def test_the_exceptions_are_as_the_page_says(codes: str, status: str) -> None:
    assert {Finding(code=code, what="x").exit_code for code in codes.split(", ")} == {ExitCode(int(status))}


def test_every_kind_of_code_has_its_exit_code_on_the_page() -> None:
    digits = set(re.findall(r"^\| IL(\d)xx ", PAGE, flags=re.MULTILINE))
    assert {code[2] for code in used()} - {"9"} <= digits


# Where codes are written down: with the findings that have them, or as constants that others compare with.
HOMES = ("findings.py", "codes.py")
# Turns what the readers of a manifest report into findings.
REPORTER = "interlock/manifest/report.py"


def is_home(path: Path) -> bool:
    """Whether a module is one of these; rooms with many findings have a package of them, a module for each subject."""
    return path.name in HOMES or path.parent.name == "findings"


@cache
def elsewhere() -> tuple[tuple[str, ast.AST], ...]:
    """The syntax of every module that may neither write down codes nor make findings."""
    root = ROOT / "plugin"
    paths = [path for path in sorted(root.rglob("*.py")) if not is_home(path)]
    texts = {path: path.read_text(encoding="utf-8") for path in paths}
    # Few have the letters at all, and reading the syntax of a module takes a hundred times as long.
    trees = {path: ast.parse(text) for path, text in texts.items() if re.search(r"Finding\s*\(|[\"']IL\d", text)}
    return tuple((str(path.relative_to(root)), node) for path, tree in trees.items() for node in ast.walk(tree))


def test_codes_are_written_only_with_findings() -> None:
    """Other modules call a function of ``findings``, and compare with a constant of ``codes``."""
    literal = re.compile(r"IL\d{1,3}")
    written = [
        f"{path}:{node.lineno} {node.value}"
        for path, node in elsewhere()
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and literal.fullmatch(node.value)
    ]
    assert written == []


def test_findings_are_made_only_in_modules_of_that_name() -> None:
    made = {
        f"{path}:{node.lineno}"
        for path, node in elsewhere()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Finding"
    }
    assert {place for place in made if not place.startswith(REPORTER)} == set()
