from __future__ import annotations

import pytest

from interlock.core.platforms import current_platform
from interlock_hooks.types import Severity
from manifest.conftest import Room, line

COMPLETE = """\
name: demo
channels:
  - conda-forge
  - nodefaults
dependencies:
  - python=3.10
  - numpy
  - python>=3.10.2
  - pip
  - pip:
    - requests
variables:
  VERSION: 1.10
  FLAG: yes
  EMPTY:
  MONEY: $HOME
platforms: [linux-64, osx-arm64]
category: test
"""


def test_everything_that_cep_24_knows(room: Room) -> None:
    workspace = room.load(COMPLETE, "environment.yml")
    assert workspace.findings == ()
    assert (workspace.name, workspace.platforms) == ("demo", ("linux-64", "osx-arm64"))
    assert list(workspace.environments) == ["default"]
    found = workspace.request(platform="osx-arm64")
    assert [spec.spec for spec in found.conda_specs] == ["python 3.10.*", "numpy", "python >=3.10.2", "pip"]
    assert [spec.where.line for spec in found.conda_specs if spec.where] == [6, 7, 8, 9]
    assert [each.text for each in found.requirements] == ["requests"]
    assert found.channels == ("conda-forge",)
    assert dict(found.activation.preset).items() >= {
        ("VERSION", "1.10"),
        ("FLAG", "yes"),
        ("EMPTY", ""),
        ("MONEY", "$HOME"),
    }


def test_the_platform_is_this_machines(room: Room) -> None:
    workspace = room.load("dependencies: []\n", "environment.yml")
    assert workspace.platforms == (current_platform(),)
    assert workspace.name == room.root.name


def test_selectors_of_both_kinds(room: Room) -> None:
    text = """\
platforms: [linux-64, osx-arm64, win-64]
dependencies:
  - python
  - pywin32  # [win]
  - sel(unix): make
  - sel(osx): clang
  - pip:
    - uvloop  # [not win]
variables:
  CC: gcc  # [linux]
  CC: clang  # [osx]
"""
    workspace = room.load(text, "environment.yml")

    def found(platform: str) -> tuple[list[str], list[str], str | None]:
        request = workspace.request(platform=platform)
        specs = [spec.spec for spec in request.conda_specs if spec.spec not in ("python", "pip")]
        return specs, [each.text for each in request.requirements], dict(request.activation.preset).get("CC")

    assert found("linux-64") == (["make"], ["uvloop"], "gcc")
    assert found("osx-arm64") == (["make", "clang"], ["uvloop"], "clang")
    assert found("win-64") == (["pywin32"], [], None)


def test_unknown_keys_and_the_prefix_are_told(room: Room) -> None:
    workspace = room.load("dependencies: []\nprefix: /opt/x\nchanels: [a]\nnote: x\n", "environment.yml")
    assert [(each.code, each.severity, line(each)) for each in workspace.findings] == [
        ("IL107", Severity.NOTE, 2),
        ("IL106", Severity.WARNING, 3),
        ("IL106", Severity.WARNING, 4),
    ]
    assert "channels" in workspace.findings[1].fix


@pytest.mark.parametrize(
    ("text", "code", "number", "words"),
    [
        ("name: x\n", "IL119", None, "dependencies: []"),
        ("dependencies:\n  python: 3.10\n", "IL104", 1, ""),
        ("dependencies:\n  - python: 3.10\n", "IL114", 2, "'- python=3.10'"),
        ("dependencies:\n  - npm:\n    - x\n", "IL114", 2, "pip"),
        ("dependencies:\n  - [a]\n", "IL104", 2, ""),
        ("dependencies:\n  -\n", "IL104", 2, ""),
        ("dependencies:\n  - pip: numpy\n", "IL104", 2, "- NAME"),
        ("dependencies:\n  - pip:\n    - numpy: 1\n", "IL104", 3, "quotes"),
        ("dependencies:\n  - sel(arm64): x\n", "IL105", 2, ""),
        ("dependencies:\n  - sel(linux): [x]\n", "IL104", 2, ""),
        ("dependencies: []\nplatforms: [noarch]\n", "IL108", 2, ""),
        ("dependencies: []\nplatforms: [linux64]\n", "IL108", 2, "linux-64"),
        ("dependencies: []\nvariables:\n  A: [x]\n", "IL104", 3, ""),
        ("dependencies: []\nvariables: [A=1]\n", "IL104", 2, ""),
        ("dependencies: []\nchannels: conda-forge\n", "IL104", 2, '["conda-forge"]'),
        ("dependencies: [\n", "IL103", 2, ""),
    ],
)
def test_every_error_has_its_line(room: Room, text: str, code: str, number: int | None, words: str) -> None:
    found = room.error(text, "environment.yml")
    assert (found.code, line(found)) == (code, number)
    assert words in found.fix


def test_empty_sections_are_nothing(room: Room) -> None:
    found = room.load("dependencies:\n  - python\n  - pip:\n", "environment.yml").request()
    assert [spec.spec for spec in found.conda_specs] == ["python"]
    assert room.load("dependencies:\n", "env.yaml").request().conda_specs == ()


def test_variables_can_be_merged(room: Room) -> None:
    # no-build is also the name of a setting of pixi's, whose place is noted.
    text = 'dependencies: []\nvariables:\n  <<: {no-build: "1", A: "2"}\n  A: "3"\n'
    assert dict(room.load(text, "environment.yml").request().activation.preset) == {"no-build": "1", "A": "3"}
