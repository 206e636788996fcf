"""Run paths into the prefix lead to the same place in every environment."""

from __future__ import annotations

import ctypes
import zipfile
from pathlib import Path

import pytest
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile

from interlock.builds.run.run_paths import make_relative
from interlock.builds.store.links import refers_to
from interlock.core.files import sha256_of
from interlock.engines.python.wheels import wheel_record
from interlock_hooks.testing.wheels import write_wheel
from kit.compiled import compile_library

SITE = "lib/python3.11/site-packages"
SOURCE = 'extern "C" int answer() { return 42; }'


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    return tmp_path / "a-long-name-of-an-environment" / "default"


def wheel(folder: Path, *options: str, member: str = "pkg/sub/ext.so", source: str = SOURCE) -> Path:
    """A wheel with one library that was linked with these options."""
    library = compile_library(folder / "ext.so", source, *options)
    path = write_wheel(folder, "pkg", "1.0", modules={"pkg/__init__.py": ""})
    made = path.with_name("made")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(made, "w") as new:
        for each in old.infolist():
            text = old.read(each)
            if each.filename.endswith("RECORD"):
                text += f"{member},sha256=x,1\n".encode()
            new.writestr(each, text)
        info = zipfile.ZipInfo(member)
        info.external_attr = 0o755 << 16
        new.writestr(info, library.read_bytes())
    made.replace(path)
    return path


def run_path(path: Path, folder: Path) -> str | None:
    """The run path of the library in a wheel, which can be read, has the hash that RECORD says, and its permissions."""
    with zipfile.ZipFile(path) as archive:
        (member,) = (each for each in archive.infolist() if each.filename.endswith(".so"))
        assert member.external_attr >> 16 == 0o755
        extracted = Path(archive.extract(member, folder / "out"))
    with extracted.open("rb") as stream:
        sections = [each for each in ELFFile(stream).iter_sections() if isinstance(each, DynamicSection)]
        tags = [tag for tag in sections[0].iter_tags() if tag.entry.d_tag in {"DT_RPATH", "DT_RUNPATH"}]
        return str(getattr(tags[0], "runpath", None) or tags[0].rpath) if tags else None


@pytest.mark.parametrize("tag", ["--enable-new-dtags", "--disable-new-dtags"])
def test_what_leads_into_the_prefix_becomes_relative(tmp_path: Path, prefix: Path, tag: str) -> None:
    paths = f"{prefix}/lib:/opt/cuda/lib:{prefix}/{SITE}/torch/lib:{prefix}/lib:{prefix}-other/lib"
    path = wheel(tmp_path, f"-Wl,{tag},-rpath,{paths}")
    assert refers_to(path, prefix)
    make_relative(path, prefix, SITE)
    assert run_path(path, tmp_path) == f"$ORIGIN/../../../..:/opt/cuda/lib:$ORIGIN/../../torch/lib:{prefix}-other/lib"
    assert not refers_to(path, prefix)
    digest = wheel_record(path)["pkg/sub/ext.so"]
    assert digest is not None
    assert digest != "sha256=x"
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith("tmp")] == []


@pytest.mark.parametrize("name", ["answer", "lib"])  # linkers let a name share the end of a run path
def test_a_library_that_was_changed_works(tmp_path: Path, prefix: Path, name: str) -> None:
    path = wheel(tmp_path, f"-Wl,-rpath,{prefix}/lib", source=SOURCE.replace("answer", name))
    make_relative(path, prefix, SITE)
    run_path(path, tmp_path)
    assert getattr(ctypes.CDLL(str(tmp_path / "out/pkg/sub/ext.so")), name)() == 42


@pytest.mark.parametrize("scheme", ["platlib", "data"])
def test_where_a_library_will_lie_decides(tmp_path: Path, prefix: Path, scheme: str) -> None:
    path = wheel(tmp_path, f"-Wl,-rpath,{prefix}/lib", member=f"pkg-1.0.data/{scheme}/lib/ext.so")
    make_relative(path, prefix, SITE)
    assert run_path(path, tmp_path) == ("$ORIGIN" if scheme == "data" else "$ORIGIN/../../..")


def test_a_prefix_that_is_a_link(tmp_path: Path, prefix: Path) -> None:
    prefix.mkdir(parents=True)
    link = tmp_path / "link-to-it"
    link.symlink_to(prefix)
    path = wheel(tmp_path, f"-Wl,-rpath,{prefix}/lib")
    make_relative(path, link, SITE)
    assert run_path(path, tmp_path) == "$ORIGIN/../../../.."


@pytest.mark.parametrize("place", ["", "/opt/cuda/lib", "$ORIGIN/../lib", "/e/lib"])
def test_what_leads_elsewhere_or_has_no_room_stays(tmp_path: Path, place: str) -> None:
    path = wheel(tmp_path, *([f"-Wl,-rpath,{place}"] if place else []))
    before = sha256_of(path)
    make_relative(path, Path("/e"), SITE)
    assert sha256_of(path) == before


@pytest.mark.parametrize("content", [b"", b"no library", b"\x7fELF" + b"\xff" * 60])
def test_what_is_no_library_stays(tmp_path: Path, prefix: Path, content: bytes) -> None:
    path = write_wheel(tmp_path, "pkg", "1.0", modules={"pkg/__init__.py": ""})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("pkg/ext.so", content)
    before = sha256_of(path)
    make_relative(path, prefix, SITE)
    assert sha256_of(path) == before
    path.write_bytes(b"no archive")
    make_relative(path, prefix, SITE)
    assert path.read_bytes() == b"no archive"
