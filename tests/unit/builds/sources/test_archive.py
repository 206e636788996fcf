"""Sdists that attack whoever unpacks them."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path

import pytest

from interlock.builds.sources import archive
from interlock.builds.sources.archive import unpack_archive
from interlock_hooks.types import Finding, InterlockError
from kit.hostile import Member, contents_of, write_tar

SETUP = Member("demo/setup.py", b"")
SECRET = "secret"


def link(name: str, to: str, kind: bytes = tarfile.SYMTYPE) -> Member:
    return Member(name, kind=kind, link=to)


def refused(folder: Path, *members: Member) -> Finding:
    (folder / SECRET).write_text("mine")
    path = write_tar(folder / "demo-1.0.tar.gz", [SETUP, *members], "gz")
    before = contents_of(folder)
    with pytest.raises(InterlockError) as caught:
        unpack_archive(path, folder / "inner" / "out")
    after = contents_of(folder)
    assert {name: each for name, each in after.items() if not name.startswith("inner")} == before
    (finding,) = caught.value.findings
    assert finding.code == "IL403"
    assert "demo-1.0.tar.gz" in finding.what
    return finding


@pytest.mark.parametrize(
    ("member", "why"),
    [
        (Member("../../secret"), "'../../secret' would be written outside"),
        (Member("/secret"), "'/secret' would be written outside"),
        (Member("demo/../../../secret"), "would be written outside"),
        (link("demo/link", "../../../secret"), "outside"),
        (link("demo/link", "/etc/passwd"), "absolute"),
        (link("demo/link", "/etc/passwd", tarfile.LNKTYPE), "no file of the archive"),
        (link("demo/link", "../../secret", tarfile.LNKTYPE), "no file of the archive"),
        (Member("demo/device", kind=tarfile.CHRTYPE), "special file"),
        (Member("demo/disk", kind=tarfile.BLKTYPE), "special file"),
        (Member("demo/pipe", kind=tarfile.FIFOTYPE), "special file"),
    ],
    ids=lambda each: f"{each.name} {each.link}" if isinstance(each, Member) else "",
)
def test_members_that_lead_out_are_named(tmp_path: Path, member: Member, why: str) -> None:
    found = refused(tmp_path, member).why
    assert why in found
    assert member.name.lstrip("/") in found


@pytest.mark.parametrize(
    "members",
    [
        [link("demo/a", "b"), Member("demo/a/x")],
        [link("demo/a", "setup.py"), Member("demo/a")],
        [link("demo/a", "b"), link("demo/a/x", "y")],
        [link("demo/a", "setup.py"), link("demo/b", "demo/a", tarfile.LNKTYPE)],
    ],
    ids=["below", "over", "link", "hard link"],
)
def test_nothing_is_written_through_a_link(tmp_path: Path, members: list[Member]) -> None:
    """Also where the link stays inside: what its target is may change, and some Pythons look at it wrongly."""
    assert "link" in refused(tmp_path, *members).why


def test_links_and_rights_that_do_no_harm(tmp_path: Path) -> None:
    members = [
        Member("./demo", kind=tarfile.DIRTYPE),
        Member("demo/tool", mode=0o6755),
        Member("demo/same", kind=tarfile.LNKTYPE, link="demo/tool", mode=0o4755),
        link("demo/alias", "tool"),
        SETUP,
    ]
    tree = unpack_archive(write_tar(tmp_path / "demo-1.0.tar.gz", members, "gz"), tmp_path / "out")
    assert (tree / "tool").stat().st_mode & 0o7777 == 0o755
    assert (tree / "alias").readlink() == Path("tool")
    assert (tree / "same").read_bytes() == (tree / "tool").read_bytes()


def test_a_bomb_is_refused_with_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_FREE_SIZE", 1 << 20)
    zeros = bytes(600_000)
    assert "more than 1 MiB" in refused(tmp_path, Member("demo/a", zeros), Member("demo/b", zeros)).why
    path = tmp_path / "bomb-1.0.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("demo/setup.py", zeros)
        bomb.writestr("demo/b", zeros)
    with pytest.raises(InterlockError, match="not safe to unpack") as caught:
        unpack_archive(path, tmp_path / "zip")
    assert "more than 1 MiB" in caught.value.findings[0].why
    assert not (tmp_path / "zip" / "demo" / "b").exists()


def test_many_members_are_refused_with_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_MOST_MEMBERS", 10)
    assert "more than 10 members" in refused(tmp_path, *(Member(f"demo/{number}") for number in range(10))).why
