from __future__ import annotations

from manifest.conftest import Room, line


def test_a_pyproject_beside_adds_what_only_interlock_knows(room: Room) -> None:
    room.write(
        """\
        [project]
        name = "other"
        dependencies = ["not-read"]
        [tool.uv]
        constraint-dependencies = ["not-read"]
        [tool.interlock.build.packages.flash-attn]
        mode = "no-isolation"
        """
    )
    workspace = room.load("name: mine\ndependencies: [python]\n", "environment.yml")
    assert workspace.name == "mine"
    assert [path.name for path in workspace.files] == ["environment.yml", "pyproject.toml"]
    found = workspace.request()
    assert (found.requirements, found.constraints) == ((), ())
    (package,) = found.build.packages
    assert (package.name, package.mode) == ("flash-attn", "no-isolation")


def test_errors_beside_are_told_at_their_place(room: Room) -> None:
    room.write("[tool.interlock]\nbuilt = 1\n")
    found = room.error("dependencies: []\n", "environment.yml")
    assert (found.code, line(found)) == ("IL106", 2)
    assert found.where is not None
    assert found.where.file.endswith("pyproject.toml")
