"""Wheels and sdists as broken downloads, encryption, careless tools and attackers leave them."""

from __future__ import annotations

import io
import tarfile
import zipfile

from hypothesis import strategies as st

from kit.strategies import words
from kit.strategies.prefixes import RECORD_FILE, metadata, record_files, wheel_files
from kit.strategies.setup_scripts import setup_scripts

_MEMBERS = (
    *("flash_attn/__init__.py", "flash_attn-2.7.4.data/purelib/x.py", "flash_attn-2.7.4.data/data/share/x", "../x.py"),
    *(
        "/etc/x.so",
        "a/../../b.so",
        "flash_attn/_c.so",
        "flash_attn-2.7.4.data/scripts/run",
        "\u00fc/x.py",
        "a\\b.py",
        "x/",
    ),
    *("flash_attn-2.7.4.dist-info/METADATA", "other-1.dist-info/METADATA", "flash_attn-2.7.4.dist-info/sub/METADATA"),
)


@st.composite
def _damaged(draw: st.DrawFn, content: bytes) -> bytes:
    if draw(st.booleans()):
        return content
    changed = bytearray(content)
    for _ in range(draw(st.integers(1, 3))):
        changed[draw(st.integers(0, len(changed) - 1))] = draw(st.integers(0, 255))
    return bytes(changed[: draw(st.integers(0, len(changed)))] if draw(st.integers(0, 5)) == 0 else changed)


@st.composite
def wheels(draw: st.DrawFn) -> bytes:
    """The bytes of a wheel of flash-attn 2.7.4, or of what is to pass for one."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", draw(st.sampled_from((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)))) as archive:
        for name, content in (("METADATA", metadata), ("WHEEL", wheel_files), ("RECORD", record_files)):
            if draw(st.integers(0, 9)):
                archive.writestr(f"flash_attn-2.7.4.dist-info/{name}", draw(content))
        for name in draw(st.lists(st.sampled_from(_MEMBERS), max_size=3, unique=True)):
            if f"{name}" not in archive.namelist():
                archive.writestr(name, "\x7fELF" + RECORD_FILE)
    return draw(_damaged(made.getvalue()))


@st.composite
def sdists(draw: st.DrawFn) -> tuple[str, bytes]:
    """The file name of an sdist and its bytes."""
    made, packing = io.BytesIO(), draw(st.sampled_from(("gz", "bz2", "xz", "")))
    with tarfile.open(fileobj=made, mode=f"w:{packing}") as archive:
        for name in ("p-1/pyproject.toml", "p-1/PKG-INFO", *draw(st.lists(st.sampled_from(_MEMBERS), max_size=2))):
            member = tarfile.TarInfo(name)
            member.type = draw(
                st.sampled_from((tarfile.REGTYPE,) * 6 + (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE))
            )
            member.linkname = draw(st.sampled_from(("p-1/PKG-INFO", "../../x", "/etc/passwd", "", "p-1")))
            content = draw(words.requirements).encode(errors="replace") if member.isreg() else b""
            member.size, member.mode = len(content), draw(st.sampled_from((0o644, 0o000, 0o7777)))
            archive.addfile(member, io.BytesIO(content))
        if draw(st.integers(0, 3)) == 0:
            member, content = tarfile.TarInfo("p-1/setup.py"), draw(_damaged(draw(setup_scripts()).encode()))
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    name = draw(st.sampled_from(("p-1.tar.gz", "p-1.tar.gz", "p-1.zip", "p-1.tar.bz2", "p-1.tar.xz", "P.ZIP")))
    return name, draw(_damaged(made.getvalue()))
