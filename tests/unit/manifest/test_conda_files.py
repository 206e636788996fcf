from __future__ import annotations

from manifest.conftest import Room, line


def test_a_pyproject_beside_adds_what_is_about_builds(room: Room) -> None:
    room.write(
        """\
        [project]
        name = "other"
        dependencies = ["not-read"]
        [tool.uv]
        constraint-dependencies = ["not-read"]
        no-build-isolation-package = ["apex"]
        [tool.uv.extra-build-dependencies]
        apex = ["ninja"]
        [tool.interlock.build.packages.flash-attn]
        mode = "no-isolation"
        """
    )
    workspace = room.load("name: mine\ndependencies: [python]\n", "environment.yml")
    assert workspace.name == "mine"
    assert [path.name for path in workspace.files] == ["environment.yml", "pyproject.toml"]
    found = workspace.request()
    assert (found.requirements, found.constraints) == ((), ())
    modes = {package.name: package.mode for package in found.build.packages}
    assert modes == {"flash-attn": "no-isolation", "apex": None}
    assert "apex" in found.build.no_isolation
    assert workspace.findings == ()


def test_errors_beside_are_told_at_their_place(room: Room) -> None:
    room.write("[tool.interlock]\nbuilt = 1\n")
    found = room.error("dependencies: []\n", "environment.yml")
    assert (found.code, line(found)) == ("IL106", 2)
    assert found.where is not None
    assert found.where.file.endswith("pyproject.toml")


def test_a_pyproject_that_is_not_there_would_be_read(room: Room) -> None:
    for name, text in (("environment.yml", "dependencies: []\n"), ("spec.txt", "python\n")):
        assert [path.name for path in room.load(text, name).files] == [name, "pyproject.toml"]
