from __future__ import annotations

import pytest

from interlock_hooks.types import InterlockError, Severity
from manifest.conftest import Room, line, specs

PACKAGE = """
    preview = ["pixi-build"]
    [package]
    name = "own"
    [package.build-dependencies]
    cmake = ">=3"
    [package.host-dependencies]
    python = ">=3.12"
    zlib = { workspace = true }
    [package.run-dependencies]
    bat = { pin-compatible = { lower-bound = "x.x" } }
    python = "<4"
    [package.target.win.build-dependencies]
    cmake = ">=4"
    vs = "*"
    [workspace.dependencies]
    zlib = "1.*"
    """


def test_the_dependencies_of_a_package_are_installed_and_it_is_not(room: Room) -> None:
    text = PACKAGE + '    [dependencies]\n    python = "3.13.*"\n    [dev]\n    own = { path = "." }\n'
    both = ["python >=3.12", "zlib[version='1.*']", "bat", "python <4"]
    assert specs(room.pixi_request(text)) == ["python 3.13.*", "cmake >=3", *both]
    assert specs(room.pixi_request(text, platform="win-64")) == ["python 3.13.*", "cmake >=4", "vs", *both]


@pytest.mark.parametrize("name", ["pixi.toml", "pyproject.toml"])
def test_a_package_elsewhere_in_a_feature_or_an_environment(room: Room, name: str) -> None:
    prefix = "" if name == "pixi.toml" else "tool.pixi."
    other = room.write(f'[{prefix}package.run-dependencies]\nbat = ">=1"\n', f"libs/other/{name}")
    text = """
    [feature.x.dev]
    other = { path = "libs/other" }
    [feature.x.target.win.dev]
    other = { path = "nowhere" }
    [environments]
    x = ["x"]
    [environments.y.dev]
    other = { path = "libs/other" }
    """
    workspace = room.pixi(text)
    for environment in ("x", "y"):
        assert specs(room.pixi_request(text, environment)) == ["bat >=1"]
    assert specs(room.pixi_request(text)) == []
    assert workspace.files == (room.root / "pixi.toml", other)
    with pytest.raises(InterlockError) as caught:
        workspace.request("x", "win-64")
    assert caught.value.findings[0].code == "IL120"


def test_packages_that_are_worked_on_do_not_install_each_other(room: Room) -> None:
    room.write('[package.run-dependencies]\nb = { path = "../b" }\nbat = "*"\n', "a/pixi.toml")
    room.write("[package.host-dependencies]\nzlib = '*'\n", "b/pixi.toml")
    both = room.pixi_request('[dev]\na = { path = "a" }\nb = { path = "b" }\n')
    assert specs(both) == ["bat", "zlib"]
    assert room.pixi_error('[dev]\na = { path = "a" }\n').code == "IL114"


def test_what_a_backend_adds_is_not_known(room: Room) -> None:
    workspace = room.pixi(
        "preview = true\n"
        '[package.build.backend]\nname = "pixi-build-cmake"\nversion = "*"\n[dev]\nown = { path = "." }\n'
    )
    (found,) = workspace.findings
    assert (found.code, line(found), found.severity) == ("IL114", 9, Severity.WARNING)
    assert "pixi-build-cmake" in found.what


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ('{ path = "empty" }', "IL114"),
        ('{ path = "nowhere" }', "IL120"),
        ('{ git = "https://example.com/x", tag = "1" }', "IL114"),
        ('{ url = "https://example.com/x.zip" }', "IL114"),
        ('{ path = "conditional" }', "IL114"),
        ("{}", "IL119"),
        ('"*"', "IL104"),
        ('{ path = ".", rev = "1" }', "IL119"),
    ],
)
def test_dependencies_that_cannot_be_read(room: Room, value: str, code: str) -> None:
    (room.root / "empty").mkdir()
    room.write("[package.host-dependencies.\"if(host_platform == 'linux-64')\"]\na = '*'\n", "conditional/pixi.toml")
    found = room.pixi_errors(f"preview = true\n[package]\n[dev]\nx = {value}\n")
    assert [(each.code, line(each)) for each in found] == [(code, 7)]
