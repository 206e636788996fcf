from __future__ import annotations

import pytest

from interlock_hooks.types import Index, NameSelection
from manifest.conftest import Room, line


def test_every_option(room: Room) -> None:
    request = room.pixi_request("""
        [pypi-options]
        index-url = "https://example.com/main"
        extra-index-urls = ["https://example.com/extra", "./local"]
        find-links = [{ path = "./wheels" }, { url = "https://example.com/links.html" }]
        no-build-isolation = ["Flash_Attn"]
        no-build = ["a"]
        no-binary = true
        index-strategy = "unsafe-best-match"
        prerelease-mode = "allow"
        skip-wheel-filename-check = true
        [pypi-options.dependency-overrides]
        numpy = ">=2"
        """)
    assert request.pypi.indexes == (
        Index(url="https://example.com/extra"),
        Index(url=(room.root / "local").as_uri()),
        Index(url="https://example.com/main", default=True),
    )
    assert request.pypi.find_links == (str(room.root / "wheels"), "https://example.com/links.html")
    assert request.build.no_isolation == NameSelection(names=frozenset({"flash-attn"}))  # type: ignore[arg-type]
    assert "a" in request.pypi.no_build
    assert "b" not in request.pypi.no_build
    assert request.pypi.no_binary.everything
    assert request.pypi.index_strategy == "unsafe-best-match"
    assert request.pypi.prerelease == "allow"
    assert request.overrides == ("numpy>=2",)


@pytest.mark.parametrize(("value", "everything"), [("true", True), ("false", False)])
def test_no_build_isolation_for_all(room: Room, value: str, everything: bool) -> None:
    request = room.pixi_request(f"[pypi-options]\nno-build-isolation = {value}\n")
    assert request.build.no_isolation.everything is everything
    assert ("anything" in request.build.no_isolation) is everything


ERRORS = {
    'no-build = "a"': "IL104",
    'no-build = ["a b"]': "IL109",
    "find-links = [{}]": "IL119",
    'find-links = ["./wheels"]': "IL104",
    'index-strategy = "first"': "IL105",
    "index-url = 1": "IL104",
}


@pytest.mark.parametrize(("text", "code"), ERRORS.items())
def test_errors(room: Room, text: str, code: str) -> None:
    found = room.pixi_error(f"[pypi-options]\n{text}\n")
    assert (found.code, line(found)) == (code, 5)


def test_a_key_of_uv_says_where_it_belongs(room: Room) -> None:
    workspace = room.pixi('[pypi-options]\nextra-build-dependencies = { a = ["b"] }\n')
    (found,) = workspace.findings
    assert (found.code, line(found)) == ("IL107", 5)
    assert "[tool.uv]" in found.fix
