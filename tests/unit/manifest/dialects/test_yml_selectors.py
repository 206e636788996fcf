from __future__ import annotations

import pytest

from interlock.manifest.dialects.yml_selectors import has_selectors, key_holds, lines_for


@pytest.mark.parametrize(
    ("selector", "platforms"),
    [
        ("linux", {"linux-64", "linux-aarch64"}),
        ("unix", {"linux-64", "linux-aarch64", "osx-64", "osx-arm64"}),
        ("win or osx", {"win-64", "osx-64", "osx-arm64"}),
        ("osx and arm64", {"osx-arm64"}),
        ("osx64", {"osx-64"}),
        ("linux and (x86_64 or aarch64)", {"linux-64", "linux-aarch64"}),
        ("not win", {"linux-64", "linux-aarch64", "osx-64", "osx-arm64"}),
        ("linux64", {"linux-64"}),
        ("aarch64", {"linux-aarch64"}),
        ("emscripten", set()),
    ],
)
def test_lines_stay_where_their_selector_holds(selector: str, platforms: set[str]) -> None:
    text = f"a\n- b  # [{selector}]\nc"
    subdirs = ("linux-64", "linux-aarch64", "osx-64", "osx-arm64", "win-64")
    assert {subdir for subdir in subdirs if lines_for(text, subdir) == text} == platforms
    assert all(lines_for(text, subdir) in (text, "a\n\nc") for subdir in subdirs)
    assert has_selectors(text)


@pytest.mark.parametrize(
    "comment", ["# [see #12]", "# [optional]", "# [py37]", "# win", "[win]", "# [win] only", "# []"]
)
def test_other_comments_are_comments(comment: str) -> None:
    text = f"- a {comment}"
    assert not has_selectors(text)
    assert lines_for(text, "linux-64") == text


def test_selectors_as_keys() -> None:
    assert key_holds("sel(linux)", "linux-64") is True
    assert key_holds("sel(win)", "linux-64") is False
    assert key_holds("sel( unix )", "osx-arm64") is True
    assert key_holds("pip", "linux-64") is None
    with pytest.raises(ValueError, match=r"sel\(unix\)"):
        key_holds("sel(arm64)", "osx-arm64")
