"""The page of findings names every code that the source uses, and no other."""

from __future__ import annotations

import re
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


def test_every_kind_of_code_has_its_exit_code_on_the_page() -> None:
    digits = set(re.findall(r"^\| IL(\d)xx ", PAGE, flags=re.MULTILINE))
    assert {code[2] for code in used()} - {"9"} <= digits
