from __future__ import annotations

import pytest

from manifest.conftest import Room, line

POOL = """
    [workspace.dependencies]
    numpy = "1.*"
    openssl = { version = ">=3", channel = "nvidia", build = "a" }
    Robo = { path = "robo" }
    """


def test_entries_inherit_and_add_what_is_theirs(room: Room) -> None:
    workspace = room.pixi(
        POOL
        + """
    [dependencies]
    NumPy = { workspace = true }
    openssl = { workspace = true, build = "b" }
    [constraints]
    numpy = { workspace = true, build-number = 1 }
    [target.linux.dependencies]
    numpy = { workspace = true, channel = "mine" }
    [feature.x.host-dependencies]
    openssl = { workspace = true }
    [environments]
    x = { features = ["x"], no-default-feature = true }
    """
    )
    windows, linux = workspace.request("default", "win-64"), workspace.request("default", "linux-64")
    openssl = "nvidia::openssl[version='>=3',build='b']"
    assert [spec.spec for spec in windows.conda_specs] == ["numpy[version='1.*']", openssl]
    assert [spec.spec for spec in linux.conda_specs] == ["mine::numpy[version='1.*']", openssl]
    assert [spec.spec for spec in linux.conda_constraints] == ["numpy[version='1.*',build_number='1']"]
    assert [line.where.line for line in windows.conda_specs if line.where] == [10, 11]
    assert workspace.findings == ()
    assert workspace.request("x", "linux-64").conda_specs[0].spec == "nvidia::openssl[version='>=3',build='a']"


def test_a_source_package_counts_where_it_is_inherited(room: Room) -> None:
    assert room.pixi_request(POOL).conda_specs == ()
    found = room.pixi_error(POOL + "    [dependencies]\n    robo = { workspace = true }\n")
    assert (found.code, line(found)) == ("IL114", 9)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ('{ workspace = true, version = "2" }', "IL116"),
        ('{ workspace = true, path = "x" }', "IL116"),
        ("{ workspace = false }", "IL105"),
        ('{ workspace = "yes" }', "IL104"),
    ],
)
def test_wrong_entries(room: Room, value: str, code: str) -> None:
    found = room.pixi_errors(f"{POOL}    [dependencies]\n    numpy = {value}\n")
    assert (found[0].code, line(found[0])) == (code, 9)


def test_an_entry_that_is_not_there(room: Room) -> None:
    found = room.pixi_error(POOL + "    [dependencies]\n    numpi = { workspace = true }\n")
    assert (found.code, line(found), found.fix) == ("IL119", 9, "did you mean 'numpy'?")
    alone = room.pixi_error("[dependencies]\nzlib = { workspace = true }\n")
    assert (alone.code, alone.fix) == ("IL119", 'add zlib = "*" to [workspace.dependencies]')


def test_a_mistake_in_an_entry_that_nothing_inherits(room: Room) -> None:
    found = room.pixi_error('[workspace.dependencies]\nnumpy = ">>1"\n')
    assert (found.code, line(found)) == ("IL110", 5)
