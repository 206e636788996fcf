"""Conda packages that attack the machine: nothing outside of the prefix is touched, and the finding says which file."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from rattler.package_streaming import extract

from interlock.core.inside import Inside
from interlock.engines.rattler.contents import UnsafeContentError, check_content, unpacked_files
from interlock.engines.rattler.installer import install
from interlock.engines.rattler.prefix_records import installed_records
from interlock_hooks.types import CondaRecord, Finding, InterlockError
from kit.hostile import Member, conda_package, contents_of

DATA = Member("share/x")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Where a project and what it must not touch lie side by side."""
    folder = tmp_path / "home"
    (folder / "victim").mkdir(parents=True)
    (folder / "victim" / "secret").write_text("mine")
    return folder / "project"


@pytest.fixture
def prefix(project: Path) -> Path:
    return project / ".interlock" / "envs" / "default"


def refused(prefix: Path, *records: CondaRecord) -> Finding:
    home = prefix.parents[3]
    before = _beside_the_project(home)
    with pytest.raises(InterlockError) as caught:
        install(prefix, records)
    assert _beside_the_project(home) == before
    assert list(prefix.parent.glob("*")) in ([], [prefix])
    return caught.value.findings[0]


def _beside_the_project(home: Path) -> dict[str, object]:
    """In the project, threads of rattler may still be at work."""
    return {each.name: contents_of(each) for each in home.iterdir() if each.name != "project"}


def attack(tmp_path: Path, members: Sequence[Member], *paths: str | tuple[str, str], **more) -> CondaRecord:
    return conda_package(tmp_path / "channel", members, paths, **more)


def test_the_files_of_an_unpacked_package(tmp_path: Path, own_cache: Path) -> None:
    site = "lib/python3.12/site-packages"
    link = {"noarch": {"type": "python", "entry_points": ["tool = lib:main"]}}
    paths = ("site-packages/lib.py", "bin/script")
    record = attack(tmp_path, [Member(path) for path in paths], *paths, noarch="python", link=link)
    assert unpacked_files(record, site) is None
    unpacked = own_cache / "conda" / "pkgs" / "evil-1.0-0"
    extract(tmp_path / "channel/noarch/evil-1.0-0.tar.bz2", unpacked)
    # Nothing is known of files whose digests nobody has noted.
    assert unpacked_files(record, site) == {"bin/tool": ""}
    listing = unpacked / "info/paths.json"
    entries = json.loads(listing.read_text())
    entries["paths"][0] |= {"sha256": "ab"}
    entries["paths"][1] |= {"sha256": "cd", "prefix_placeholder": "/opt/placeholder"}
    listing.write_text(json.dumps(entries))
    assert unpacked_files(record, site) == {f"{site}/lib.py": "ab", "bin/script": None, "bin/tool": ""}


@pytest.mark.parametrize("path", ["../../victim/pwned", "a/../../../victim/x", "{home}/victim/pwned", ".."])
def test_a_list_with_paths_outside(tmp_path: Path, prefix: Path, path: str) -> None:
    path = path.format(home=prefix.parents[3])
    finding = refused(prefix, attack(tmp_path, [DATA], "share/x", path))
    assert finding.code == "IL502"
    assert "evil-1.0-0.tar.bz2" in finding.what
    assert repr(path) in finding.why
    assert installed_records(prefix) == []


def test_a_package_that_was_in_the_cache_already(tmp_path: Path, prefix: Path, own_cache: Path) -> None:
    record = attack(tmp_path, [DATA], "share/x", "../victim")
    unpacked = own_cache / "conda" / "pkgs" / "evil-1.0-0"
    extract(tmp_path / "channel/linux-64/evil-1.0-0.tar.bz2", unpacked)
    assert refused(prefix, record).code == "IL502"
    assert not unpacked.exists()


@pytest.mark.parametrize("path", ["conda-meta/other-1-0.json", "conda-meta//history", "./conda-meta/interlock"])
def test_files_in_place_of_what_is_recorded(tmp_path: Path, prefix: Path, path: str) -> None:
    finding = refused(prefix, attack(tmp_path, [Member(path, b"{}")], path))
    assert finding.code == "IL502"
    assert "recorded" in finding.why


def test_a_file_through_a_link_of_the_same_package(tmp_path: Path, prefix: Path) -> None:
    link = Member("lib", kind=tarfile.SYMTYPE, link=str(prefix.parents[3] / "victim"))
    finding = refused(prefix, attack(tmp_path, [link], ("lib", "softlink"), "lib/secret"))
    assert "through its link 'lib'" in finding.why


def test_a_file_through_a_link_of_an_earlier_package(tmp_path: Path, prefix: Path) -> None:
    victim = prefix.parents[3] / "victim"
    link = attack(tmp_path, [Member("lib", kind=tarfile.SYMTYPE, link=str(victim))], ("lib", "softlink"), name="link")
    assert install(prefix, [link])
    finding = refused(prefix, link, attack(tmp_path, [Member("lib/pwned")], "lib/pwned"))
    assert "'lib/pwned' would lie outside" in finding.why
    assert (prefix / "lib").readlink() == victim


def test_a_python_package_through_a_link_in_site_packages(tmp_path: Path, prefix: Path) -> None:
    site = "lib/python1.0/site-packages"
    link = Member(f"{site}/lib", kind=tarfile.SYMTYPE, link=str(prefix.parents[3] / "victim"))
    python = attack(tmp_path, [link], (f"{site}/lib", "softlink"), name="python")
    assert install(prefix, [python])
    pure = attack(tmp_path, [Member("site-packages/lib/pwned")], "site-packages/lib/pwned", noarch="python")
    assert f"'{site}/lib/pwned' would lie outside" in refused(prefix, python, pure).why


@pytest.mark.parametrize(("key", "value"), [("name", "another"), ("version", "9"), ("build", "other")])
def test_another_package_than_the_channel_names(tmp_path: Path, prefix: Path, key: str, value: str) -> None:
    finding = refused(prefix, attack(tmp_path, [DATA], "share/x", said={key: value}))
    assert finding.code == "IL502"
    assert f"has the {key} {value!r}" in finding.why


@pytest.mark.parametrize("command", ["../../victim/pwned = m:f", "x = m:f; import os", "x\ny = m:f"])
def test_entry_points_that_are_no_names(tmp_path: Path, prefix: Path, command: str) -> None:
    python = attack(tmp_path, [Member("bin/python1.0")], "bin/python1.0", name="python")
    link = {"noarch": {"type": "python", "entry_points": [command]}, "package_metadata_version": 1}
    module = Member("site-packages/m.py")
    refused(prefix, python, attack(tmp_path, [module], "site-packages/m.py", noarch="python", link=link))


@pytest.mark.parametrize(
    "member",
    [
        Member("../../../../../victim/pwned"),
        Member("link", kind=tarfile.LNKTYPE, link="../../../../../victim/secret"),
        Member("fifo/x", kind=tarfile.FIFOTYPE),
    ],
    ids=["dots", "hard link", "fifo"],
)
def test_members_of_the_archive_outside(tmp_path: Path, prefix: Path, member: Member) -> None:
    """rattler leaves such members out, or refuses the archive."""
    refused(prefix, attack(tmp_path, [member], "share/missing"))


def test_link_scripts_are_files_and_setuid_is_dropped(tmp_path: Path, prefix: Path) -> None:
    script = Member("bin/.evil-post-link.sh", f"touch {tmp_path}/ran\n".encode(), mode=0o6755)
    assert install(prefix, [attack(tmp_path, [script], script.name)])
    assert (prefix / script.name).stat().st_mode & 0o7777 == 0o755
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "../x"},
        {"build": "a/../../../b"},
        {"version": "1/.."},
        {"subdir": "../linux-64"},
        {"file_name": "/etc/x.conda"},
        {"python_site_packages_path": "../victim"},
        {"python_site_packages_path": "/etc"},
    ],
    ids=str,
)
def test_a_record_that_leads_out(tmp_path: Path, prefix: Path, changes: dict[str, str]) -> None:
    finding = refused(prefix, replace(attack(tmp_path, [DATA], "share/x"), **changes))
    assert finding.code == "IL503"
    assert next(iter(changes.values())) in finding.why


def test_packages_from_before_there_was_a_list_of_paths(tmp_path: Path) -> None:
    record = attack(tmp_path, [], "share/x")
    package = tmp_path / "package"
    extract(tmp_path / "channel/linux-64/evil-1.0-0.tar.bz2", package)
    (package / "info/paths.json").unlink()
    check_content(package, record, Inside(tmp_path), {})
    (package / "info/files").write_text("share/x\n../x\n")
    with pytest.raises(UnsafeContentError, match=r"'\.\./x'"):
        check_content(package, record, Inside(tmp_path), {})
    (package / "info/files").unlink()
    with pytest.raises(UnsafeContentError, match="cannot be used"):
        check_content(package, record, Inside(tmp_path), {})
