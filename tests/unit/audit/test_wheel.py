"""One wheel file against an environment: what is said, in words and codes."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from audit.conftest import Place
from interlock.audit.wheel import audit_wheel
from interlock.audit.world import World
from interlock_hooks.testing.files import Content, write_zip
from interlock_hooks.testing.wheels import write_wheel
from interlock_hooks.types import InterlockError, Severity
from kit.compiled import compile_library, extension_source

PYTHON = f"cp3{sys.version_info.minor}"
TAG = f"{PYTHON}-abi3-linux_x86_64"
NEW = "namespace c10 { int check(int line) { return 1; } }"
USES = "namespace c10 { int check(const char *); } static int used = c10::check(0);"


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(tmp_path / "cache"))


def wheel(tmp_path: Path, body: str = "", tag: str = TAG, needs: tuple[Path, ...] = (), **more: bytes) -> Path:
    ext = compile_library(tmp_path / "_ext.so", extension_source("_ext", body), needs=needs)
    modules: dict[str, Content] = {"ext/__init__.py": "", "ext/_ext.so": ext.read_bytes()}
    modules |= {f"ext.libs/{name}": content for name, content in more.items()}
    return write_wheel(tmp_path, "ext", "1.0", modules=modules, tag=tag)


def test_a_wheel_that_fits(place: Place, tmp_path: Path) -> None:
    assert audit_wheel(wheel(tmp_path), place.world) == []
    assert not list((tmp_path / "cache" / "audits").iterdir())


def test_a_mismatch_names_symbol_home_and_what_is_installed(place: Place, tmp_path: Path) -> None:
    place.library("torch/lib/libc10.so", NEW)
    info = place.site / "torch-2.7.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: torch\nVersion: 2.7.0\n")
    (info / "RECORD").write_text("torch/lib/libc10.so,,\n")
    old = compile_library(tmp_path / "old" / "libc10.so", "namespace c10 { int check(const char *) { return 1; } }")
    (finding,) = audit_wheel(wheel(tmp_path, USES, needs=(old,)), place.world, remedy="build it again")
    assert (finding.code, finding.severity, finding.exit_code) == ("IL540", Severity.ERROR, 4)
    assert finding.what == "ext 1.0 does not fit torch 2.7.0: it needs 1 symbol that libc10.so does not define"
    assert "torch 2.7.0 has lib/python3/site-packages/torch/lib/libc10.so, but" in finding.why
    assert finding.details == ("c10::check(char const*)", "libc10.so has c10::check(int)", "needed by ext/_ext.so")
    assert finding.fix == "build it again"


def test_a_declared_platform_is_a_promise(place: Place, tmp_path: Path) -> None:
    made = wheel(tmp_path, "#include <math.h>\nvolatile double d = 2; static int used = pow(d, d);", needs=())
    (finding,) = audit_wheel(made, place.world, declared_glibc="2.1")
    assert finding.code == "IL545"
    assert "but the manifest declares 2.1" in finding.what


def test_tags_are_held_to_their_word(place: Place, tmp_path: Path) -> None:
    body = "#include <math.h>\nvolatile double d = 2; static int used = pow(d, d);"
    old = wheel(tmp_path, body, f"{PYTHON}-{PYTHON}-manylinux1_x86_64")
    (finding,) = audit_wheel(old, place.world)
    assert (finding.code, finding.severity) == ("IL546", Severity.WARNING)
    assert "promises to work with 2.5" in finding.what
    anywhere = wheel(tmp_path, tag="py3-none-any")
    (finding,) = audit_wheel(anywhere, place.world)
    assert (finding.code, finding.severity) == ("IL547", Severity.WARNING)
    unstable = wheel(tmp_path, 'extern "C" void *_PyLong_New(long); static void *used = _PyLong_New(1);')
    (finding,) = audit_wheel(unstable, place.world)
    assert (finding.code, finding.severity) == ("IL548", Severity.WARNING)
    assert finding.details == ("_PyLong_New",)


@pytest.mark.parametrize("tag", ["cp38-cp38-linux_x86_64", "cp399-abi3-linux_x86_64", "pp310-pypy310-linux_x86_64"])
def test_a_wheel_for_another_interpreter(place: Place, tmp_path: Path, tag: str) -> None:
    (finding,) = audit_wheel(wheel(tmp_path, tag=tag), place.world, remedy="build it again")
    assert (finding.code, finding.severity, finding.fix) == ("IL553", Severity.ERROR, "build it again")
    assert tag.rpartition("-")[0] in finding.why


def test_an_interpreter_without_the_global_lock(place: Place, tmp_path: Path) -> None:
    minor = sys.version_info.minor
    interpreter = place.world.interpreter
    abi = interpreter.abi.replace(f"3{minor}", f"3{minor}t")
    world = World(place.prefix, replace(interpreter, abi=abi))
    for tag in (f"cp3{minor}-cp3{minor}-linux_x86_64", "cp38-abi3-linux_x86_64"):
        (finding,) = audit_wheel(wheel(tmp_path, tag=tag), world)
        assert finding.what == f"ext 1.0 does not fit Python 3.{minor} (free-threaded)"
    assert audit_wheel(wheel(tmp_path, tag=f"cp3{minor}-cp3{minor}t-linux_x86_64"), world) == []


def test_a_second_copy_of_a_library_is_told(place: Place, tmp_path: Path) -> None:
    own = place.library("../../libz.so.1.3.1", "int z() { return 1; }")
    (own.parent / "libz.so.1").symlink_to(own.name)
    bundled = compile_library(tmp_path / "z.so", "int z() { return 1; }").read_bytes()
    made = wheel(tmp_path, **{"libz-0123abcd.so.1.2.11": bundled})
    (finding,) = audit_wheel(made, place.world)
    assert (finding.code, finding.severity) == ("IL549", Severity.WARNING)
    assert finding.details[0].startswith("libz 1.2.11, beside 1.3.1")
    same = wheel(tmp_path, **{"libz-0123abcd.so.1": bundled})
    assert audit_wheel(same, place.world) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ext-1.0-py3-none-any.whl", None),
        ("ext-1.0-py3-none-any.whl", b"no archive"),
        ("ext.whl", b""),
        ("ext.txt", b""),
    ],
)
def test_what_is_no_wheel_is_said_to_be_none(place: Place, tmp_path: Path, name: str, content: bytes | None) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InterlockError) as caught:
        audit_wheel(path, place.world)
    assert caught.value.findings[0].code == "IL571"


def test_what_cannot_be_read_is_not_passed_over_in_silence(place: Place, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "ext-1.0-py3-none-linux_x86_64.whl", {"ext/_ext.so": b"\x7fELF and no more"})
    (finding,) = audit_wheel(path, place.world)
    assert (finding.code, finding.severity) == ("IL552", Severity.WARNING)
    data = bytearray(wheel(tmp_path).read_bytes())
    data[200:260] = bytes(60)
    (tmp_path / "ext-2.0-py3-none-linux_x86_64.whl").write_bytes(data)
    with pytest.raises(InterlockError) as caught:
        audit_wheel(tmp_path / "ext-2.0-py3-none-linux_x86_64.whl", place.world)
    assert caught.value.findings[0].code == "IL571"


def test_members_that_lead_out_are_not_taken(place: Place, tmp_path: Path) -> None:
    outside = tmp_path / "cache" / "evil.so"
    path = write_zip(tmp_path / "ext-1.0-py3-none-any.whl", {"../../evil.so": b"\x7fELF", "/abs.so": b"\x7fELF"})
    assert audit_wheel(path, place.world) == []
    assert not outside.exists()
