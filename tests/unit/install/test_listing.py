from __future__ import annotations

from pathlib import Path

from interlock.install.listing import installed_packages, locked_packages
from kit.engines import World, locked, package, record


def rows(world: World) -> list[tuple[str, str, str]] | None:
    found = installed_packages(world.prefix)
    return None if found is None else [(each.name, each.version, each.kind) for each in found]


def test_an_environment_lists_what_is_there_and_how_it_came(world: World) -> None:
    assert rows(world) is None
    world.engines.wheels |= {"app 1.0": {"app.py": ""}, "ext 1.0": {"ext.so": ""}}
    wanted = locked(package("app", "1.0"), package("ext", "1.0", kind="sdist"))
    world.install(wanted)
    expected = [("app", "1.0", "pypi"), ("ext", "1.0", "built"), ("python", "3.12.7", "conda")]
    assert rows(world) == expected
    assert [(each.name, each.version, each.kind) for each in locked_packages(wanted)] == expected


def test_without_a_state_conda_packages_are_still_listed(world: World) -> None:
    world.install(locked())
    (world.prefix / "conda-meta/interlock").unlink()
    assert rows(world) == [("python", "3.12.7", "conda")]


def test_a_distribution_of_conda_is_listed_once(world: World, tmp_path: Path) -> None:
    site = "lib/python3.12/site-packages"
    world.engines.conda["num 1.0"] = {
        f"{site}/num-1.0.dist-info/INSTALLER": "conda",
        f"{site}/num-1.0.dist-info/RECORD": "",
    }
    world.install(locked(conda=[record("num", "1.0")]))
    assert rows(world) == [("num", "1.0", "conda"), ("python", "3.12.7", "conda")]
