from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

from interlock.lock.findings import missing
from interlock.pages.info import info_page
from interlock.project.overview import Overview
from interlock_hooks.types import Finding, Severity


def figures(page: str) -> dict[str, str]:
    """The numbers at the head of a page, by their labels."""
    return dict(re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd></div>", page))


def test_what_one_looks_for_first_is_at_the_head(found: Overview) -> None:
    page = info_page(found)
    assert page == info_page(found)
    assert figures(page) == {
        "Python": "3.12.7",
        "from conda": "2",
        "from PyPI": "3",
        "built from source": "1",
        "to download": "840.0 MB",
        "CUDA, no contradiction in the lock": "12.4",
    }
    assert "environment default on linux-64 · installed · lock current" in page


def test_names_of_third_parties_are_never_markup(found: Overview) -> None:
    tags = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.append(tag)
            assert not [name for name, _ in attrs if name.startswith("on")]

    reader = Tags()
    reader.feed(info_page(found))
    assert not {"img", "script"} & set(tags)


def test_an_environment_that_is_not_locked_says_so_and_no_more(found: Overview) -> None:
    told = replace(missing(Path("/project/interlock.lock"), "default", "linux-64"), severity=Severity.WARNING)
    section = replace(found.info.sections[0], versions=found.info.sections[0].versions[:1], findings=None)
    info = found.info._replace(sections=(section,))
    page = info_page(Overview("default", info, (), None, (), (told,)))
    assert "IL605" in page
    assert "<code>interlock env lock</code>" in page
    assert figures(page) == {}
    assert page.count("not locked") == 2  # on both platforms
    assert "contradiction" not in page


def test_each_contradiction_is_told_once_where_the_versions_are(found: Overview) -> None:
    said = Finding(code="IL510", severity=Severity.WARNING, what="nvcc is 13.0", why="torch is 12.4", fix="use `12.4`")
    section = replace(found.info.sections[0], findings=(said,))
    page = info_page(replace(found, info=found.info._replace(sections=(section,)), findings=(said,)))
    assert page.count("IL510") == 1
    assert page.index("IL510") > page.index("CUDA versions")
    assert figures(page)["CUDA, in the lock and on this machine"] == "1 contradiction"


def test_without_cuda_there_is_no_word_of_it(found: Overview) -> None:
    page = info_page(replace(found, info=found.info._replace(sections=()), builds=()))
    assert "CUDA" not in page
    assert "Built from source" not in page
    assert "built from source" in figures(page)


def test_environments_tell_what_is_here(found: Overview) -> None:
    other = replace(found.locked[0], environment="old")
    page = info_page(replace(found, locked=(*found.locked, other)))
    rows = re.findall(r"<tr><th scope=\"row\">(default|old)</th><td>([^<]*)</td>.*?<td>([^<]*)</td></tr>", page)
    assert rows == [
        ("default", "linux-64", "installed in /project/.interlock/envs/default"),
        ("old", "linux-64", "not in the manifest"),
        ("default", "osx-arm64", "not locked"),
    ]
