from __future__ import annotations

import pytest

from interlock.manifest.document import Document
from interlock.manifest.git_keys import check_git_keys
from interlock.manifest.report import Report
from interlock.manifest.table import Table
from manifest.conftest import Room


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('git = "https://x.example/a"\nrev = "1"\nlfs = true', []),
        ('path = "a"', []),
        ('git = "https://x.example/a"\nrev = "1"\ntag = "2"', ["only one of rev, tag is allowed"]),
        ("lfs = true", ["'lfs' without 'git' has no meaning"]),
        (
            'branch = "1"\ntag = "2"',
            ["'branch' without 'git' has no meaning", "only one of branch, tag is allowed"],
        ),
    ],
)
def test_what_cannot_stand_beside_git_or_without_it(room: Room, text: str, told: list[str]) -> None:
    report = Report()
    check_git_keys(Table.of(Document.read(room.write(text)), report))
    assert [each.what for each in report.findings] == told
