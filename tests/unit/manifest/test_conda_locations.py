from __future__ import annotations

import pytest

from interlock_hooks.types import InterlockError
from manifest.conftest import Room, line


@pytest.mark.parametrize("name", ["demo-1.0-0.conda", "demo-1.0-0.tar.bz2"])
def test_an_archive_at_a_path_is_a_package(room: Room, name: str) -> None:
    (room.root / name).touch()
    (found,) = room.pixi_request(f'[dependencies]\ndemo = {{ path = "{name}" }}\n').conda_specs
    assert found.spec == f"demo[url='{(room.root / name).as_uri()}']"


def test_an_archive_that_does_not_exist_refuses_the_environments_that_contain_it(room: Room) -> None:
    workspace = room.pixi("""
        [feature.x.dependencies]
        demo = { path = "demo-1.0-0.conda" }
        [environments]
        x = ["x"]
        """)
    assert workspace.request("default", "linux-64")
    with pytest.raises(InterlockError) as caught:
        workspace.request("x", "linux-64")
    (found,) = caught.value.findings
    assert (found.code, line(found)) == ("IL120", 5)


@pytest.mark.parametrize(
    "value",
    [
        '{ path = "." }',
        '{ path = "demo.zip" }',
        '{ url = "https://example.com/demo.zip" }',
        '{ git = "https://example.com/demo", rev = "1", subdirectory = "x", version = ">=1" }',
    ],
)
def test_anything_else_is_a_source_package(room: Room, value: str) -> None:
    assert room.pixi_error(f"[dependencies]\ndemo = {value}\n").code == "IL114"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ('{ version = "*", rev = "1" }', "IL119"),
        ('{ version = "*", branch = "x" }', "IL119"),
        ('{ git = "https://example.com/x", rev = "1", tag = "2" }', "IL116"),
        ('{ git = "https://example.com/x", path = "x" }', "IL116"),
        ('{ git = "https://example.com/x", channel = "x" }', "IL116"),
        ('{ path = "x", sha256 = "00" }', "IL116"),
        ('{ url = "https://example.com/x.conda", version = "1" }', "IL116"),
        ('{ url = "https://example.com/x.conda", file-name = "x" }', "IL116"),
        ('{ url = "https://example.com/x.conda", when = "__cuda" }', "IL116"),
        ('{ url = "x.conda" }', "IL110"),
        ("{}", "IL119"),
    ],
)
def test_keys_that_contradict_each_other(room: Room, value: str, code: str) -> None:
    found = [each for each in room.pixi_errors(f"[dependencies]\ndemo = {value}\n") if each.code != "IL114"]
    assert [(each.code, line(each)) for each in found] == [(code, 5)]
