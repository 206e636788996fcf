"""What the site of the documentation is made from: the program, the list of findings, the list of pages."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from interlock.cli.documents.commands import DOCUMENTS
from interlock.cli.exit_codes import OF_PROGRAMS
from interlock.cli.parser import make_parser
from interlock.manifest.schema import table_schema
from interlock.plugins.guard import hook_specs
from interlock_hooks import types

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
sys.path.insert(0, str(DOCS / "_site"))

from commands import commands_page  # noqa: E402 - lies beside the documentation
from finding_pages import rows, write_pages  # noqa: E402
from hook_reference import hooks_page  # noqa: E402
from json_documents import documents_page  # noqa: E402
from manifest_keys import manifest_page  # noqa: E402
from navigation import with_navigation  # noqa: E402


def test_every_command_and_option_is_in_the_reference() -> None:
    page = commands_page()
    assert "## interlock env install" in page
    assert page.count("\n## ") == len(re.findall(r"^\| `interlock ", (ROOT / "README.md").read_text(), re.MULTILINE))
    for option in ("`--locked`", "`--format {conda-env,pypi-txt}`", "`-e NAME`, `--environment NAME`"):
        assert option in page
    assert "%(prog)s" not in page
    assert page.count("| exit code |") == page.count("\n## ")
    assert "| 4 | a wheel does not fit the environment, a package has a known vulnerability, or an attestation" in page
    assert page.count("| other | that of the program |") == len(OF_PROGRAMS)
    assert make_parser("interlock").prog == "interlock"


def test_every_key_of_our_own_table_is_in_its_reference() -> None:
    page = manifest_page(table_schema())
    assert re.findall(r"^## `\[(.*)\]`", page, re.MULTILINE) == [
        "tool.interlock",
        *(f"tool.interlock.{name}" for name in ("solve", "build", "build.packages.NAME", "audit", "cuda", "dask")),
    ]
    assert '| `jobs` | `"auto"` or integer | `"auto"` | The number of builds' in page
    assert '| `mode` | `"isolated"`, `"matched"`, `"no-isolation"` |  | ' in page
    assert "| `store` | array of: string or table with `url`, `write`, `trust` | `[]` | " in page


def test_every_document_is_in_its_reference() -> None:
    page = documents_page()
    assert re.findall("^## interlock (.*)$", page, re.MULTILINE) == list(DOCUMENTS)
    assert "| `seconds` | number, or missing | how long the command ran" in page
    assert "| `nodes` | list of [Node](#node) or [Line](#line) |" in page
    headings = {name.lower() for name in re.findall("^### (.*)$", page, re.MULTILINE)}
    assert set(re.findall(r"\]\(#(.*?)\)", page)) == headings


def test_every_hook_and_type_of_the_contract_is_in_its_reference() -> None:
    page = hooks_page(hook_specs())
    assert re.findall(r"autofunction:: interlock_hooks\.specs\.(\w+)", page) == list(hook_specs())
    assert sorted(re.findall(r"auto\w+:: interlock_hooks\.types\.(\w+)", page)) == sorted(types.__all__)
    assert "autodata:: interlock_hooks.types.Belief\n" in page
    assert page.index("types.CondaSpec") > page.index("## conda") > page.index("types.Location")


def test_every_finding_has_a_page(tmp_path: Path) -> None:
    text = (DOCS / "findings.md").read_text()
    write_pages(DOCS / "findings.md", tmp_path)
    codes = re.findall(r"^\| (IL\d{3}) \|", text, re.MULTILINE)
    assert [row.code for row in rows(text)] == codes
    assert {path.stem for path in tmp_path.glob("IL*.md")} == set(codes)
    for path in tmp_path.glob("*.md"):
        for target in re.findall(r"\]\((?!http)([^)#]+)", path.read_text()):
            place = (DOCS / "generated/findings" / target).resolve()
            assert place.exists() or (tmp_path / target).exists(), f"{path.name}: {target}"


def test_the_sidebar_has_every_page_once() -> None:
    made = with_navigation((DOCS / "README.md").read_text(), "docs", {"Reference": ["/docs/generated/commands"]})
    trees = "".join(re.findall(r"```\{toctree\}\n(.*?)```", made, re.DOTALL))
    found = re.findall(r"^/(.*)$", trees, re.MULTILINE)
    pages = {f"docs/{path.relative_to(DOCS).with_suffix('')}" for path in DOCS.glob("**/*.md")}
    assert len(found) == len(set(found))
    wanted = {page for page in pages if not page.startswith("docs/generated/") and page != "docs/README"}
    assert wanted - {"docs/dev/manifests"} <= set(found)


@pytest.mark.parametrize("name", ["README.md", "docs/README.md"])
def test_it_is_named_where_people_look(name: str) -> None:
    assert "make docs" in (ROOT / name).read_text()
