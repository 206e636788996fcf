"""Resolutions with the network switched off, in the words of the real uv."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from interlock_hooks.testing.index import Index as Distributions
from interlock_hooks.testing.server import serve
from interlock_hooks.types import Index, InterlockError, PyPIOptions
from unit.resolve.asking import Asker, versions


@pytest.fixture
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A cache of its own; the test switches the network off, and on again."""
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    return monkeypatch


def missing(ask: Asker, *requirements: str) -> list[str]:
    with pytest.raises(InterlockError) as refused:
        ask(*requirements)
    (finding,) = refused.value.findings
    assert finding.code == "IL650"
    return [str(each) for each in finding.missing]


def test_all_that_is_missing_is_named_at_once(packages: Distributions, ask: Asker, offline: pytest.MonkeyPatch) -> None:
    packages.wheel("app", "1.0", requires=["leaf", "twig"])
    packages.wheel("leaf", "1.0")
    packages.wheel("twig", "1.0")
    offline.setenv("INTERLOCK_OFFLINE", "1")
    file = packages.served.file("lib-1.0-py3-none-any.whl")
    direct = f"lib @ {file}"
    assert missing(ask, "app", "leaf", direct) == [
        f"file lib-1.0-py3-none-any.whl ({file})",
        "index page app",
        "index page leaf",
    ]
    repository = "git+https://example.invalid/tool"
    assert missing(ask, "leaf", f"tool @ {repository}") == [
        "repository tool (https://example.invalid/tool)",
        "index page leaf",
    ]
    offline.delenv("INTERLOCK_OFFLINE")
    assert versions(ask("leaf")) == {"leaf": "1.0"}
    offline.setenv("INTERLOCK_OFFLINE", "1")
    assert versions(ask("leaf")) == {"leaf": "1.0"}
    assert missing(ask, "app", "leaf") == ["index page app"]
    # What is not there is no reason to blame the cache.
    with pytest.raises(InterlockError) as refused:
        ask("leaf>=2")
    assert refused.value.findings[0].code == "IL310"
    assert "INTERLOCK_OFFLINE" in refused.value.findings[0].fix


def test_older_versions_are_not_chosen_silently(
    packages: Distributions, ask: Asker, offline: pytest.MonkeyPatch
) -> None:
    packages.wheel("app", "1.0")
    packages.wheel("app", "2.0", requires=["leaf"])
    packages.wheel("leaf", "1.0")
    packages.wheel("top", "1.0")
    packages.wheel("top", "2.0", requires=["leaf"])
    ask("app<2", "top<2")
    offline.setenv("INTERLOCK_OFFLINE", "1")
    found = ask("app")
    assert versions(found) == {"app": "1.0"}
    (finding,) = found.warnings
    assert (finding.code, [str(each) for each in finding.missing]) == ("IL335", ["metadata app 2.0"])
    assert ask("app<2").warnings == ()
    assert missing(ask, "app>=2", "top>=2", "gone") == [
        "metadata app 2.0",
        "metadata top 2.0",
        "index page gone",
    ]


def test_a_version_is_not_chosen_silently_for_lack_of_a_page(
    packages: Distributions, ask: Asker, offline: pytest.MonkeyPatch
) -> None:
    packages.wheel("app", "1.0")
    packages.wheel("app", "2.0", requires=["leaf"])
    ask("app")
    packages.wheel("leaf", "1.0")
    offline.setenv("INTERLOCK_OFFLINE", "1")
    found = ask("app")
    assert versions(found) == {"app": "1.0"}
    (finding,) = found.warnings
    assert [(each.kind, each.name) for each in finding.missing] == [("index-page", "leaf")]


def test_a_later_index_is_not_asked_silently(
    packages: Distributions, ask: Asker, offline: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    packages.wheel("app", "1.0")
    (tmp_path / "first").mkdir()
    with serve(tmp_path / "first") as first:
        options = PyPIOptions(indexes=(Index(url=first.url), replace(ask.index, default=True)))
        assert versions(ask("app", options=options)) == {"app": "1.0"}
    offline.setenv("INTERLOCK_OFFLINE", "1")
    (finding,) = ask("app", options=options).warnings
    assert [str(each) for each in finding.missing] == [f"index page app ({first.url}app/)"]
    # What was locked before was resolved with a network, or warned of.
    preferred = ((canonicalize_name("app"), "1.0"),)
    assert ask("app", options=options, preferred=preferred).warnings == ()
