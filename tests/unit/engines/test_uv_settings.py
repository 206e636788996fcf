"""Where uv looks for packages, as its settings say it."""

from __future__ import annotations

import pytest

from interlock.engines.uv_settings import local_place, source_settings
from interlock_hooks.types import Index, PyPIOptions


def test_indexes_come_with_the_user_and_the_password_that_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_INDEX_TEAM_PASSWORD", "pw")
    team = Index(url="https://me@team.example/simple", name="team", explicit=True)
    assert source_settings(PyPIOptions(), [team, Index(url="links", format="flat", default=True)], "/root") == {
        "index": [
            {"url": "https://me:pw@team.example/simple", "name": "team", "explicit": True},
            {"url": "/root/links", "default": True, "format": "flat"},
        ]
    }


def test_places() -> None:
    assert local_place("/abs", "/root") == "/abs"
    assert local_place("../links", "/root") == "/root/../links"
    assert local_place("file:///links", "/root") == "file:///links"
