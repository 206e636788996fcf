from __future__ import annotations

import pytest

from interlock_hooks.types import UNLIMITED, EnvironmentRequest, Finding
from manifest.conftest import Room, line

WORKSPACE = '[workspace]\nchannels = []\nplatforms = ["linux-64"]\n'


def read(room: Room, text: str) -> tuple[EnvironmentRequest, tuple[Finding, ...]]:
    workspace = room.load(WORKSPACE + text, "pixi.toml")
    return workspace.request("default", "linux-64"), workspace.findings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"7d"', "PT604800S"),
        ('"24 hrs"', "PT86400S"),
        ('"1M"', "PT2630016S"),
        ('"6 months"', "PT15780096S"),
        ('"1y"', "PT31557600S"),
        ("2026-01-31", "2026-01-31"),
        ("2026-01-31T00:00:00Z", "2026-01-31T00:00:00+00:00"),
        ('{ cutoff = "2026-01-31" }', "2026-01-31"),
    ],
)
def test_durations_and_dates_hold_for_both_halves(room: Room, text: str, expected: str) -> None:
    request, findings = read(room, f"exclude-newer = {text}\n")
    assert (request.conda_exclude_newer, request.pypi.exclude_newer) == (expected, expected)
    assert findings == ()


def test_a_limit_of_its_own_for_pypi(room: Room) -> None:
    request, _ = read(room, 'exclude-newer = "2026-01-31"\npypi-exclude-newer = "2026-02-28"\n')
    assert (request.conda_exclude_newer, request.pypi.exclude_newer) == ("2026-01-31", "2026-02-28")


def test_exemptions_are_warned_about(room: Room) -> None:
    _, findings = read(room, 'exclude-newer = { cutoff = "7d", exemptions = { a = "*" } }\n')
    assert [(item.code, line(item)) for item in findings] == [("IL114", 4)]


def test_single_packages_have_limits_of_their_own(room: Room) -> None:
    conda, pypi = '[exclude-newer]\nOpenSSL = "0d"\na = "1d"\n', '[pypi-exclude-newer]\nMy_Torch = "2026-01-31"\n'
    request, findings = read(room, f'exclude-newer = "7d"\n{conda}{pypi}')
    assert request.conda_exclude_newer_package == (("openssl", UNLIMITED), ("a", "PT86400S"))
    assert request.pypi.exclude_newer_package == (("my-torch", "2026-01-31"),)
    assert findings == ()


def test_channels_and_indexes_have_limits_of_their_own(room: Room) -> None:
    text = """
        [workspace]
        channels = [{ channel = "inner", exclude-newer = "0d" }, "conda-forge"]
        platforms = ["linux-64"]
        exclude-newer = "7d"

        [pypi-options]
        extra-index-urls = ["https://one.example", { url = "https://two.example", exclude-newer = false }]
        """
    request = room.load(text, "pixi.toml").request("default", "linux-64")
    assert request.channels == ("inner", "conda-forge")
    assert request.conda_exclude_newer_channel == (("inner", UNLIMITED),)
    assert [index.exclude_newer for index in request.pypi.indexes] == [None, UNLIMITED]


def test_limits_of_uv(room: Room) -> None:
    text = """
        [project]
        name = "p"

        [tool.uv]
        exclude-newer = "7d"
        exclude-newer-package = { torch = false, Foo_Bar = "1 day" }

        [[tool.uv.index]]
        url = "https://two.example"
        exclude-newer = false
        """
    found = room.load(text).request("default").pypi
    assert found.exclude_newer_package == (("torch", UNLIMITED), ("foo-bar", "PT86400S"))
    assert [index.exclude_newer for index in found.indexes] == [UNLIMITED]
    assert found.exclude_newer_where is not None
    assert found.exclude_newer_where.key == "tool.uv.exclude-newer"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[exclude-newer]\n'a b' = '7d'\n", "IL110"),
        ("[exclude-newer]\na = 'soon'\n", "IL105"),
        ("[exclude-newer]\na = true\n", "IL104"),
        ("[pypi-exclude-newer]\na = 7\n", "IL104"),
        ("pypi-exclude-newer = false\n", "IL104"),
        ("[pypi-options]\nextra-index-urls = [{ exclude-newer = false }]\n", "IL119"),
        ("[pypi-options]\nextra-index-urls = [3]\n", "IL104"),
    ],
)
def test_errors_in_limits(room: Room, text: str, code: str) -> None:
    assert room.error(WORKSPACE + text, "pixi.toml").code == code


@pytest.mark.parametrize(("text", "code"), [("1", "IL104"), ('"soon"', "IL105"), ('{ cutoff = "soon" }', "IL105")])
def test_errors(room: Room, text: str, code: str) -> None:
    found = room.error(f"{WORKSPACE}exclude-newer = {text}\n", "pixi.toml")
    assert (found.code, line(found)) == (code, 4)


def test_the_reason_is_told(room: Room) -> None:
    found = room.error(f'{WORKSPACE}exclude-newer = "2 fortnights"\n', "pixi.toml")
    assert found.why == "'fortnights' is not a unit of time"
