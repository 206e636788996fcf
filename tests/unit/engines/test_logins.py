"""The credentials of indexes: for which files they count, and how uv is told."""

from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import requests

from interlock.core.offline import network_off
from interlock.engines.http import open_session
from interlock.engines.logins import git_variables, logged_in, login_for, login_urls, with_login
from interlock_hooks.types import Index

WITH_PASSWORD = Index(url="https://me:s%40cret@own.example/simple")
NAMED = Index(url="https://team.example/simple", name="our-team")
INDEXES = (Index(url="https://open.example/simple"), WITH_PASSWORD, NAMED)


def test_a_password_counts_for_its_server_alone_and_as_long_as_the_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_INDEX_OUR_TEAM_USERNAME", "we")
    monkeypatch.setenv("UV_INDEX_OUR_TEAM_PASSWORD", "theirs")
    with logged_in(INDEXES):
        assert login_for("https://own.example/files/lib-1.0.tar.gz") == ("me", "s@cret")
        assert login_for("https://team.example:443/lib-1.0.tar.gz") == ("we", "theirs")
        for url in (
            "https://open.example/x",
            "https://other.example/x",
            "http://own.example/x",
            "https://own.example:8/x",
        ):
            assert login_for(url) is None
        assert login_urls() == [WITH_PASSWORD.url, "https://we:theirs@team.example/simple"]
    assert login_for("https://own.example/files/lib-1.0.tar.gz") is None
    assert login_urls() == []


@pytest.mark.parametrize(
    ("url", "user", "password", "expected"),
    [
        ("https://me@h.example:8/simple?q", "", "p/w", "https://me:p%2Fw@h.example:8/simple?q"),
        ("https://me:own@h.example/simple", "we", "theirs", "https://me:own@h.example/simple"),
        ("https://h.example/simple", "", "token", "https://:token@h.example/simple"),
        ("https://h.example/simple", "token", "", "https://token@h.example/simple"),
        ("https://h.example/simple/", "", "", "https://h.example/simple/"),
        ("file:///wheels", "we", "theirs", "file:///wheels"),
        ("../wheels", "we", "theirs", "../wheels"),
    ],
)
def test_what_an_address_lacks_comes_from_variables(
    url: str, user: str, password: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_INDEX_OUR_TEAM_USERNAME", user)
    monkeypatch.setenv("UV_INDEX_OUR_TEAM_PASSWORD", password)
    index = Index(url=url, name="our-team")
    assert with_login(index) == expected
    with logged_in([index]):
        parts = urlsplit(expected)
        known = (unquote(parts.username or ""), unquote(parts.password)) if parts.password else None
        assert login_for(url) == known


def test_own_requests_have_it_and_else_that_of_netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine other.example login you password known\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))

    def sent(url: str) -> str | None:
        with logged_in(INDEXES), open_session() as session:
            found: str | None = session.prepare_request(requests.Request("GET", url)).headers.get("Authorization")
            return found

    assert sent("https://own.example/x") == "Basic bWU6c0BjcmV0"
    assert sent("https://other.example/x") == "Basic eW91Omtub3du"
    assert sent("https://open.example/x") is None
    # What an address has itself comes first.
    assert sent("https://a:b@own.example/x") == "Basic YTpi"


def test_a_keyring_is_asked_once_where_the_user_wants_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "some.Backend")
    monkeypatch.setenv("SECRET_OF_OTHERS", "x")
    (tmp_path / "programs").mkdir()
    program = tmp_path / "programs" / "keyring"
    log = tmp_path / "asked"
    told = 'echo "$2 $PYTHON_KEYRING_BACKEND $SECRET_OF_OTHERS"'
    program.write_text(f'#!/bin/sh\n{told} >> {log}\n[ "$2" = k.example ] && echo pw\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    index = Index(url="https://me@k.example/simple")
    with logged_in([index]):
        assert (with_login(index), login_for("https://k.example/x")) == (index.url, None)
        monkeypatch.setenv("UV_KEYRING_PROVIDER", "subprocess")
        with network_off(True, "env install"):
            assert (with_login(index), login_for("https://k.example/x")) == (index.url, None)
        for _ in range(2):
            assert login_for("https://k.example/x") == ("me", "pw")
            assert with_login(index) == "https://me:pw@k.example/simple"
    assert log.read_text().splitlines() == ["https://k.example/simple some.Backend ", "k.example some.Backend "]


def test_git_is_told_in_variables_of_each_repository_and_its_server() -> None:
    texts = (
        "a @ git+https://me:s%40cret@h.example/team/a.git@v1#subdirectory=x",
        "b @ git+https://token@h.example:8/b ; python_version > '3'",
        "c @ git+https://you:other@h.example/team/c",
        "d @ git+ssh://git@h.example/d",
        "e @ https://me:secret@h.example/e.zip",
    )
    with logged_in((), texts):
        variables = git_variables()
    count = int(variables.pop("GIT_CONFIG_COUNT"))
    told = {variables.pop(f"GIT_CONFIG_KEY_{n}"): variables.pop(f"GIT_CONFIG_VALUE_{n}") for n in range(count)}
    assert variables == git_variables() == {}
    logins = {"https://h.example/team/a.git": "me:s@cret", "https://h.example:8/b": "token:"}
    logins |= {"https://h.example/team/c": "you:other"}
    # git adds what tells less to what tells more, if it comes later.
    logins |= {"https://h.example/": "me:s@cret", "https://h.example:8/": "token:"}
    assert list(told.items()) == [
        (f"http.{place}.extraHeader", f"Authorization: Basic {base64.b64encode(login.encode()).decode()}")
        for place, login in logins.items()
    ]
