"""Addresses at which packages are looked for."""

from __future__ import annotations

import pytest

from manifest.conftest import Room, line


@pytest.mark.parametrize(
    "text",
    [
        '[[tool.uv.index]]\nurl = "{}"',
        '[tool.uv]\nindex-url = "{}"',
        '[tool.uv]\nextra-index-url = ["{}"]',
        '[tool.uv]\nfind-links = ["{}"]',
        '[tool.pixi.pypi-options]\nindex-url = "{}"',
        '[tool.pixi.pypi-options]\nextra-index-urls = ["{}"]',
        '[tool.pixi.pypi-options]\nfind-links = [{ url = "{}" }]',
        '[tool.pixi.pypi-dependencies]\nlib = { index = "{}" }',
    ],
)
@pytest.mark.parametrize("url", ["https://user:secret@host:port/simple", "ftp://example.com/simple", "https:///simple"])
def test_an_address_that_cannot_be_read_is_reported_at_its_line(room: Room, text: str, url: str) -> None:
    project = '[project]\nname = "demo"\n' if "pixi" not in text else _PIXI
    found = room.error(project + text.replace("{}", url))
    assert found.code == "IL105"
    assert line(found) == project.count("\n") + 2
    assert "secret" not in str(found)


def test_paths_are_addresses(room: Room) -> None:
    (room.root / "wheels").mkdir()
    request = room.request('[project]\nname = "demo"\n[tool.uv]\nindex-url = "./simple"\nfind-links = ["./wheels"]\n')
    assert [index.url for index in request.pypi.indexes] == [(room.root / "simple").as_uri()]
    assert request.pypi.find_links == (str(room.root / "wheels"),)


_PIXI = '[project]\nname = "demo"\n[tool.pixi.workspace]\nchannels = ["conda-forge"]\nplatforms = ["linux-64"]\n'
