from __future__ import annotations

from manifest.conftest import Room


def test_a_nul_anywhere_is_an_error_at_its_place(room: Room) -> None:
    found = room.errors(
        r"""
        [project]
        name = "x"
        dependencies = ["a", "b @ file:./li\u0000b"]
        [tool.pixi.activation.env]
        "A\u0000" = "b"
        """
    )
    assert [(each.code, each.where.line, each.where.key) for each in found if each.where] == [
        ("IL105", 3, "project.dependencies[1]"),
        ("IL105", 5, 'tool.pixi.activation.env."A\0"'),
    ]


def test_what_only_looks_like_one_is_none(room: Room) -> None:
    workspace = room.load(
        r"""
        [project]
        name = "x"
        [tool.pixi.workspace]
        channels = []
        platforms = ["linux-64"]
        [tool.pixi.activation.env]
        A = 'a\u0000'
        """
    )
    assert workspace.request("default", "linux-64").activation.env == (("A", r"a\u0000"),)
