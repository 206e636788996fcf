from __future__ import annotations

from pathlib import Path

import pytest

from interlock.engines.python.distributions import (
    distributions_in,
    installed_versions,
    parse_commands,
    parse_record,
    site_distributions,
    site_packages_of,
    visible_distributions,
)
from interlock_hooks.types import CondaSolution
from kit.engines import record


def add(site: Path, folder: str, installer: str | None = "uv", record: str | None = "") -> Path:
    info = site / folder
    info.mkdir(parents=True)
    if installer is not None:
        (info / "INSTALLER").write_text(f"{installer}\n")
    if record is not None:
        (info / "RECORD").write_text(record)
    return info


def test_distributions_are_found_by_normalised_name(tmp_path: Path) -> None:
    add(tmp_path, "Flash_Attn-2.8.3+cu124.dist-info")
    add(tmp_path, "zope.interface-7.0.dist-info", "conda")
    (tmp_path / "~orch-2.6.0.dist-info").mkdir()
    (tmp_path / "notes.dist-info").mkdir()
    found = site_distributions(tmp_path)
    assert {name: (each.version, each.installer) for name, each in found.items()} == {
        "flash-attn": ("2.8.3+cu124", "uv"),
        "zope-interface": ("7.0", "conda"),
    }


def test_of_two_with_one_name_the_one_that_does_not_belong_is_seen(tmp_path: Path) -> None:
    add(tmp_path, "numpy-2.1.0.dist-info", "uv")
    add(tmp_path, "numpy-2.2.0.dist-info", "conda")
    assert site_distributions(tmp_path)["numpy"].installer == "uv"  # type: ignore[index]


def test_commands_are_known_by_their_entry_points() -> None:
    text = """
    [console_scripts]
    tool = pkg.cli : main [extra]
    # no = comment:at_all
    broken
    [gui_scripts]
    window=pkg:show
    [pkg.plugins]
    other = pkg:other
    """
    assert parse_commands(text) == {"tool": "entry-point=pkg.cli:main", "window": "entry-point=pkg:show"}


def test_a_missing_directory_is_empty(tmp_path: Path) -> None:
    assert site_distributions(tmp_path / "none") == {}


@pytest.mark.parametrize(("installer", "record"), [(None, ""), ("uv", None)])
def test_what_an_interrupted_install_leaves_is_not_whole(
    tmp_path: Path, installer: str | None, record: str | None
) -> None:
    add(tmp_path, "app-1.dist-info", installer, record)
    (found,) = site_distributions(tmp_path).values()
    assert not found.whole
    assert not found.is_intact()


def test_files_are_those_of_the_record(tmp_path: Path) -> None:
    info = add(
        tmp_path, "app-1.dist-info", record='app/a.py,sha256=xyz,3\n"odd,name.py",,\n\napp-1.dist-info/RECORD,,\n'
    )
    (found,) = site_distributions(tmp_path).values()
    assert found.files == {"app/a.py": "sha256=xyz", "odd,name.py": None, "app-1.dist-info/RECORD": None}
    assert not found.is_intact()
    (tmp_path / "app").mkdir()
    (tmp_path / "app/a.py").write_text("")
    (tmp_path / "odd,name.py").write_text("")
    assert found.is_intact()
    found.forget()
    assert not info.exists()


def test_site_packages_are_where_the_python_says() -> None:
    python = record("python", "3.13.1")
    assert site_packages_of(CondaSolution(platform="linux-64", records=(python,))) == "lib/python3.13/site-packages"
    free = site_packages_of(CondaSolution(platform="linux-64", records=(python,)), free_threaded=True)
    assert free == "lib/python3.13t/site-packages"
    assert site_packages_of(CondaSolution(platform="linux-64")) is None


def test_metadata_is_read_from_new_and_old_kinds(tmp_path: Path) -> None:
    info = add(tmp_path, "App-1.0.dist-info", record="app.py,,\n")
    (info / "METADATA").write_text('Name: App\nVersion: 1.0\nRequires-Dist: lib>=2\nRequires-Dist: x; extra == "y"\n')
    (info / "WHEEL").write_text("Wheel-Version: 1.0\nTag: cp311-cp311-linux_x86_64\nTag: py3-none-any\n")
    (tmp_path / "old-2.0-py3.11.egg-info").write_text("Name: old\nVersion: 2.0\nRequires: nothing\n")
    (tmp_path / "linked.egg-info").mkdir()
    (tmp_path / "linked.egg-info/PKG-INFO").write_text("Name: Linked\nVersion: 3.0\n")
    (tmp_path / "half-4.0.dist-info").mkdir()
    found = {each.label: each for each in distributions_in(tmp_path)}
    assert list(found) == ["app 1.0", "half 4.0", "linked 3.0", "old 2.0"]
    assert found["app 1.0"].requires == ("lib>=2", 'x; extra == "y"')
    assert found["app 1.0"].tags == ("cp311-cp311-linux_x86_64", "py3-none-any")
    assert found["app 1.0"].locate("../../../bin/app") == tmp_path.parent.parent.parent / "bin" / "app"
    assert found["old 2.0"].requires == ()
    assert set(visible_distributions([tmp_path])) == {"app", "linked", "old"}


def test_of_directories_on_the_path_the_first_wins(tmp_path: Path) -> None:
    for site, version in (("a", "2.0"), ("b", "1.0")):
        (add(tmp_path / site, f"lib-{version}.dist-info") / "METADATA").write_text(f"Name: lib\nVersion: {version}\n")
    assert installed_versions([tmp_path / "a", tmp_path / "b"]) == {"lib": "2.0"}
    assert installed_versions([tmp_path / "none", tmp_path / "b"]) == {"lib": "1.0"}


def test_odd_bytes_are_no_obstacle(tmp_path: Path) -> None:
    info = add(tmp_path, "app-1.dist-info")
    for name in ("RECORD", "INSTALLER", "WHEEL", "METADATA"):
        (info / name).write_bytes(b"\xff\xfe")
    (found,) = distributions_in(tmp_path)
    assert (found.files, found.installer, found.tags, found.top_level) == ({}, "", (), ())
    assert found.requires == ()


def test_a_damaged_record_is_read_up_to_the_damage() -> None:
    assert parse_record("a.py,sha256=x,1\nb.py,,\nc\n") == {"a.py": "sha256=x", "b.py": None}
    assert parse_record("a.py,sha256=x,1\n" + "b" * 200_000 + ",,\nc.py,,\n") == {"a.py": "sha256=x"}
