from __future__ import annotations

import pytest
from rattler import MatchSpec

from interlock_hooks.types import CondaSpec
from manifest.conftest import Room, line

SPECS = {
    '"*"': "demo",
    '"3.12.*"': "demo 3.12.*",
    '">=1, <2"': "demo >=1,<2",
    '"== 1.2"': "demo ==1.2",
    '"~=1.1"': "demo ~=1.1",
    '">=3.8,<3.9|>=3.10"': "demo >=3.8,<3.9|>=3.10",
    '"(>=1,<2)|==3"': "demo (>=1,<2)|==3",
    '"x.y.z"': "demo x.y.z",
    '{ version = "*" }': "demo",
    '{ version = ">=1.2" }': "demo[version='>=1.2']",
    '{ version = ">=1", build = "*_cpython", build-number = ">=1" }': (
        "demo[version='>=1',build_number='>=1',build='*_cpython']"
    ),
    "{ build-number = 2 }": "demo[build_number='2']",
    '{ channel = "nvidia" }': "nvidia::demo",
    '{ version = "12.*", channel = "https://example.com/c/" }': "https://example.com/c::demo[version='12.*']",
    '{ subdir = "noarch", license = "MIT", file-name = "demo-1-0.conda" }': (
        "demo[fn='demo-1-0.conda',subdir='noarch',license='MIT']"
    ),
    '{ url = "https://example.com/demo-1-0.conda", md5 = "6F5902AC237024BDD0C176CB93063DC4" }': (
        "demo[url='https://example.com/demo-1-0.conda',md5='6f5902ac237024bdd0c176cb93063dc4']"
    ),
}


@pytest.mark.parametrize(("value", "expected"), SPECS.items())
def test_forms(room: Room, value: str, expected: str) -> None:
    (found,) = room.pixi_request(f"[dependencies]\nDemo = {value}\n").conda_specs
    assert found.spec == expected
    assert found.name == "demo"
    assert found.where is not None
    assert (found.where.line, found.where.key) == (5, "dependencies.Demo")


@pytest.mark.parametrize("spec", SPECS.values())
def test_the_solver_understands_each_form(spec: str) -> None:
    assert MatchSpec(spec).name.normalized == "demo"  # type: ignore[union-attr]
    assert CondaSpec(spec=spec).name == "demo"


def test_local_channels_are_file_urls(room: Room) -> None:
    (found,) = room.pixi_request('[dependencies]\ndemo = { channel = "./channel" }\n').conda_specs
    assert found.spec == f"{(room.root / 'channel').as_uri()}::demo"
    assert found.name == "demo"


ERRORS = {
    '">>1"': ("IL110", "dependencies.demo"),
    '""': ("IL110", "dependencies.demo"),
    '"1.2.* py312_0"': ("IL110", "dependencies.demo"),
    "1": ("IL104", "dependencies.demo"),
    '{ version = "]" }': ("IL110", "dependencies.demo.version"),
    '{ build-number = "new" }': ("IL110", "dependencies.demo.build-number"),
    "{ build-number = true }": ("IL104", "dependencies.demo.build-number"),
    '{ md5 = "12" }': ("IL110", "dependencies.demo.md5"),
    '{ build = "a\'b" }': ("IL110", "dependencies.demo.build"),
    '{ url = "demo.conda" }': ("IL110", "dependencies.demo.url"),
    '{ path = "../demo" }': ("IL114", "dependencies.demo.path"),
    '{ git = "https://example.com/r" }': ("IL114", "dependencies.demo.git"),
}


@pytest.mark.parametrize(("value", "expected"), ERRORS.items())
def test_errors_name_the_key(room: Room, value: str, expected: tuple[str, str]) -> None:
    found = room.pixi_error(f"[dependencies]\ndemo = {value}\n")
    assert found.where is not None
    assert (found.code, found.where.key, found.where.line) == (*expected, 5)


def test_a_build_string_beside_the_version_is_explained(room: Room) -> None:
    found = room.pixi_error('[dependencies]\npython = "3.12.* *_cpython"\n')
    assert found.fix == 'write { version = "3.12.*", build = "*_cpython" }'


def test_bad_names(room: Room) -> None:
    found = room.pixi_error('[dependencies]\n"conda-forge::python" = "*"\n')
    assert (found.code, line(found)) == ("IL110", 5)
    assert "channel = " in found.fix


def test_a_mistyped_key_is_an_error_with_the_nearest(room: Room) -> None:
    found = room.pixi_error('[dependencies]\npython = {\n  verison = "3.12",\n}\n')
    assert (found.code, line(found), found.fix) == ("IL106", 6, "did you mean 'version'?")


def test_the_same_package_in_two_spellings(room: Room) -> None:
    assert room.pixi_error('[dependencies]\nPython = "*"\npython = "3.12.*"\n').code == "IL116"
