from __future__ import annotations

import pytest

from manifest.conftest import Room, line


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ('{ name = "my gpu", platform = "linux-64", cuda = "12" }', "IL105"),
        ('{ name = "1gpu", platform = "linux-64", cuda = "12" }', "IL105"),
        ('{ name = "gpu-", platform = "linux-64", cuda = "12" }', "IL105"),
        (f'{{ name = "{"x" * 65}", platform = "linux-64", cuda = "12" }}', "IL105"),
        ('{ name = "linux", platform = "linux-64", cuda = "12" }', "IL105"),
        ('{ name = "macos", platform = "osx-64", macos = "13" }', "IL105"),
        ('{ name = "linux-64", platform = "linux-64", cuda = "12" }', "IL116"),
        ('{ name = "linux-64", cuda = "12" }', "IL116"),
        ('{ name = "gpu", platform = "linux-64", cuda = "12", __cuda = "11" }', "IL116"),
        ('{ name = "mac", platform = "osx-64", macos = "13", osx = "14" }', "IL116"),
        ('{ name = "gpu", platform = "linux-64", cuda = { arch = "8.6" } }', "IL119"),
        ('{ name = "gpu", platform = "linux-64", __cuda_arch = "8.6" }', "IL119"),
    ],
)
def test_tables_that_pixi_refuses(room: Room, table: str, code: str) -> None:
    found = room.error(f"[workspace]\nchannels = []\nplatforms = [\n  {table},\n]\n", "pixi.toml")
    assert (found.code, line(found)) == (code, 4)
    assert found.fix


def test_the_architecture_of_a_gpu_alone_as_a_system_requirement(room: Room) -> None:
    found = room.pixi_error('[system-requirements]\ncuda = { arch = "8.6" }\n')
    assert (found.code, line(found)) == ("IL119", 5)


def test_system_requirements_beside_platforms_that_promise_something(room: Room) -> None:
    found = room.error(
        """
        [workspace]
        channels = []
        platforms = ["linux-64", { name = "gpu", platform = "linux-64", cuda = "12" }]
        [feature.x.system-requirements]
        cuda = "12"
        [environments]
        x = ["x"]
        """,
        "pixi.toml",
    )
    assert (found.code, line(found)) == ("IL116", 4)
