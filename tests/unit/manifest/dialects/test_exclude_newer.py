from __future__ import annotations

import pytest

from interlock_hooks.types import EnvironmentRequest, Finding
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
    text = 'exclude-newer = { cutoff = "7d", exemptions = { a = "*" } }\n[exclude-newer]\na = "7d"\n'
    _, findings = read(room, text)
    assert [(item.code, line(item)) for item in findings] == [("IL114", 4), ("IL114", 5)]


@pytest.mark.parametrize(("text", "code"), [("1", "IL104"), ('"soon"', "IL105"), ('{ cutoff = "soon" }', "IL105")])
def test_errors(room: Room, text: str, code: str) -> None:
    found = room.error(f"{WORKSPACE}exclude-newer = {text}\n", "pixi.toml")
    assert (found.code, line(found)) == (code, 4)


def test_the_reason_is_told(room: Room) -> None:
    found = room.error(f'{WORKSPACE}exclude-newer = "2 fortnights"\n', "pixi.toml")
    assert found.why == "'fortnights' is not a unit of time"
