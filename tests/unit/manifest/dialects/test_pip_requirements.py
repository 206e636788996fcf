from __future__ import annotations

import pytest

from interlock_hooks.types import Requirement
from manifest.conftest import Room, line


def manifest(text: str) -> str:
    return f"dependencies:\n  - pip:\n    - {text!r}\n"


def requirement(room: Room, text: str) -> Requirement:
    (found,) = room.load(manifest(text), "environment.yml").request().requirements
    return found


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("git+https://github.com/a/Some_Lib.git", "some-lib @ git+https://github.com/a/Some_Lib.git"),
        ("git+https://github.com/a/b.git@v1.0", "b @ git+https://github.com/a/b.git@v1.0"),
        ("git+ssh://git@github.com/a/b.git#egg=real", "real @ git+ssh://git@github.com/a/b.git"),
        (
            "git+https://github.com/a/b.git#egg=c[x]&subdirectory=py",
            "c[x] @ git+https://github.com/a/b.git#subdirectory=py",
        ),
        ("https://a.example/x_y-1.0-py3-none-any.whl", "x-y @ https://a.example/x_y-1.0-py3-none-any.whl"),
        ("https://a.example/x-1.0.tar.gz#sha256=0a", "x @ https://a.example/x-1.0.tar.gz#sha256=0a"),
        ("https://github.com/a/b/archive/main.zip", "b @ https://github.com/a/b/archive/main.zip"),
        ("b @ https://github.com/a/b/archive/main.zip", "b @ https://github.com/a/b/archive/main.zip"),
        (
            "git+https://github.com/a/b ; sys_platform == 'linux'",
            'b @ git+https://github.com/a/b ; sys_platform == "linux"',
        ),
    ],
)
def test_urls_get_a_name(room: Room, text: str, meaning: str) -> None:
    assert requirement(room, text).text == meaning


def test_local_paths(room: Room) -> None:
    room.write("[project]\nname = 'My_Lib'\n", "lib/pyproject.toml")
    room.write("", "wheels/x-1.0-py3-none-any.whl")
    uri = (room.root / "lib").as_uri()
    found = requirement(room, "-e ./lib[dev]")
    assert (found.name, found.text, found.editable) == ("my-lib", f"my-lib[dev] @ {uri}", True)
    assert requirement(room, "./lib").editable is False
    assert requirement(room, "lib/").text == f"my-lib @ {uri}"
    assert requirement(room, "--editable=file:./lib").text == f"my-lib @ {uri}"
    assert requirement(room, "wheels/x-1.0-py3-none-any.whl").name == "x"
    assert requirement(room, ".#egg=mine&subdirectory=lib").text == f"mine @ {uri}"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("-e .", "IL109"),
        ("https://a.example/", "IL109"),
        ("./no-such", "IL120"),
        ("./no-such.whl", "IL120"),
        ("-e x-1.0-py3-none-any.whl", "IL105"),
        ("hg+https://a.example/x", "IL109"),
        ("ftp://a.example/x-1.0.tar.gz", "IL109"),
    ],
)
def test_what_has_no_name_or_cannot_be_fetched(room: Room, text: str, code: str) -> None:
    room.write("", "x-1.0-py3-none-any.whl")
    found = room.error(manifest(text), "environment.yml")
    assert found.code == code
    assert line(found) == 3
    assert found.fix


def test_a_repository_cannot_be_installed_for_editing(room: Room) -> None:
    workspace = room.load(manifest("-e git+https://github.com/a/b.git"), "environment.yml")
    assert [each.code for each in workspace.findings] == ["IL114"]
    assert not workspace.request().requirements[0].editable
