"""A page for each finding, from the tables of ``docs/findings.md``, so that a code alone leads somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_ROW = re.compile(r"^\| (IL\d{3}) \| (.*?) \| (.*?) \|$")
# Links of the list are relative to it, and the pages lie two levels below.
_LINK = re.compile(r"\]\((?!https?:)(?=([^)#]*))")


@dataclass(frozen=True)
class FindingRow:
    """A code, what it means, what to do, and the section that it is in."""

    code: str
    meaning: str
    remedy: str
    section: str

    @property
    def page(self) -> str:
        """The page, as Markdown."""
        return (
            f"---\norphan: true\n---\n\n# {self.code}\n\n{_moved(self.meaning)}\n\n"
            f"**What to do:** {_moved(self.remedy)}\n\n"
            f"Part of [{self.section}](../../findings.md). Codes and keys of findings are stable, the wording is not.\n"
        )


def rows(findings: str) -> Iterator[FindingRow]:
    """The rows of all tables on the page."""
    section = ""
    for line in findings.splitlines():
        if line.startswith("#"):
            section = line.lstrip("# ")
        elif found := _ROW.match(line):
            yield FindingRow(*found.groups(), section)


def write_pages(findings: Path, folder: Path) -> None:
    """Write a page for each row, and one that lists them."""
    folder.mkdir(parents=True, exist_ok=True)
    found = list(rows(findings.read_text(encoding="utf-8")))
    for row in found:
        (folder / f"{row.code}.md").write_text(row.page, encoding="utf-8")
    listed = "\n".join(f"- [{row.code}]({row.code}.md): {_moved(row.meaning)}" for row in found)
    # The pages are not in the sidebar, which is part of every page: there are hundreds.
    (folder / "index.md").write_text(f"# Findings by code\n\n{listed}\n", encoding="utf-8")


def _moved(text: str) -> str:
    return _LINK.sub(lambda link: "](../../" + ("" if link[1] else "findings.md"), text)
