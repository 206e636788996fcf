from __future__ import annotations

import pytest
from rattler import MatchSpec

from manifest.conftest import Room, line

CONDITIONS = {
    '"__cuda"': "__cuda",
    '"Python >= 3.12, <4"': "python >=3.12,<4",
    '"__cuda>=12.4"': "__cuda >=12.4",
    '{ all = ["__cuda", "python >=3"] }': "(__cuda and python >=3)",
    '{ any = ["__osx", { all = ["__linux", "zlib"] }] }': "(__osx or (__linux and zlib))",
    '{ all = ["__unix"] }': "__unix",
    '{ package = "python", version = ">=3", build = "*_cpython" }': "python[version='>=3',build='*_cpython']",
    '{ any = [{ package = "Python", build-number = 2 }, "__win"] }': "(python[build_number='2'] or __win)",
}


@pytest.mark.parametrize(("value", "expected"), CONDITIONS.items())
def test_a_dependency_under_a_condition(room: Room, value: str, expected: str) -> None:
    (found,) = room.pixi_request(f"[dependencies]\ndemo = {{ when = {value} }}\n").conda_specs
    assert found.spec == f'demo[when="{expected}"]'
    assert found.name == "demo"
    assert MatchSpec(found.spec).condition is not None


def test_a_condition_beside_a_version_and_a_channel(room: Room) -> None:
    (found,) = room.pixi_request(
        '[dependencies]\ndemo = { version = ">=1", channel = "nvidia", when = "__cuda" }\n'
    ).conda_specs
    assert found.spec == "nvidia::demo[version='>=1',when=\"__cuda\"]"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("1", "IL104"),
        ('["__cuda"]', "IL104"),
        ('"python 3.12 *_cpython"', "IL110"),
        ("\"python[build='x']\"", "IL110"),
        ('"conda-forge::python"', "IL110"),
        ('"python >>3"', "IL110"),
        ('""', "IL110"),
        ("{}", "IL105"),
        ('{ all = ["a"], any = ["b"] }', "IL105"),
        ("{ all = [] }", "IL105"),
        ('{ all = "__cuda" }', "IL104"),
        ('{ any = ["__cuda", 1] }', "IL104"),
        ('{ package = "a b" }', "IL110"),
    ],
)
def test_what_is_not_a_condition(room: Room, value: str, code: str) -> None:
    found = room.pixi_error(f"[dependencies]\ndemo = {{ when = {value} }}\n")
    assert (found.code, line(found)) == (code, 5)
