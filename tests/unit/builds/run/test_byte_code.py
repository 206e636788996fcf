from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from interlock.builds.run.byte_code import show_byte_code
from interlock.builds.run.interpreter import ask_interpreter

TAG = sys.implementation.cache_tag


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A library of a module and a package, with their byte code beside them."""
    folder = tmp_path / "lib" / "python3"
    for module in ("one.py", "more/__init__.py", "more/two.py", "site-packages/other.py"):
        path = folder / module
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"value = {module!r}\n")
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(folder)], check=True)
    return folder


def imported(library: Path, folder: Path) -> list[str]:
    """Where an interpreter that looks for byte code below ``folder`` found that of the library's modules."""
    code = "import one, more.two; print(one.value, more.two.value); print(one.__cached__, more.two.__cached__)"
    variables = {"PYTHONPATH": str(library), "PYTHONPYCACHEPREFIX": str(folder)}
    done = subprocess.run([sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=True)
    values, cached = done.stdout.splitlines()
    assert values in ("one.py more/two.py", "changed more/two.py")
    return cached.split()


def written(layer: Path) -> dict[Path, tuple[int, int]]:
    """Which file of byte code is there, and when it was written; it may be read at any time."""
    return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in layer.rglob("*.pyc")}


def test_byte_code_is_found_and_not_written_again(library: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pycache"
    show_byte_code(library, folder, alone=True)
    place = folder / library.relative_to("/")
    layer = place.resolve()
    shown = sorted(path.relative_to(layer).as_posix() for path in layer.rglob("*.pyc"))
    assert [name.partition(".")[0] for name in shown] == ["more/__init__", "more/two", "one"]
    before = written(layer)
    cached = imported(library, folder)
    assert cached == [f"{place}/one.{TAG}.pyc", f"{place}/more/two.{TAG}.pyc"]
    assert written(layer) == before


def test_beside_the_library_a_build_writes_where_others_do_not_look(library: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        show_byte_code(library, tmp_path / name, alone=False)
        assert imported(library, tmp_path / name)
    first, second = (tmp_path / name / library.relative_to("/") for name in ("one", "two"))
    assert (first / f"one.{TAG}.pyc").is_symlink()
    (first / "site-packages").mkdir()
    assert not (second / "site-packages").exists()


def test_interpreters_with_the_same_byte_code_share_it(library: Path, tmp_path: Path) -> None:
    linked = tmp_path / "other" / "python3"
    shutil.copytree(library, linked, copy_function=os.link)
    for name, place in (("one", library), ("two", linked)):
        # Into this module a prefix is written, and other options have other byte code.
        for other in (f"_sysconfigdata_linux.{TAG}.pyc", f"one.{TAG}.opt-2.pyc"):
            (place / "__pycache__" / other).write_text(name)
        show_byte_code(place, tmp_path / name, alone=True)
    first, second = (
        (tmp_path / name / place.relative_to("/")).resolve() for name, place in (("one", library), ("two", linked))
    )
    assert first == second
    assert {path.name for path in first.iterdir()} == {f"one.{TAG}.pyc", "more"}


def test_damaged_byte_code_is_copied_again(library: Path, tmp_path: Path) -> None:
    show_byte_code(library, tmp_path / "one", alone=True)
    copy = (tmp_path / "one" / library.relative_to("/") / f"one.{TAG}.pyc").resolve()
    copy.chmod(0o644)
    copy.write_bytes(b"")
    show_byte_code(library, tmp_path / "two", alone=True)
    assert copy.read_bytes() == (library / "__pycache__" / copy.name).read_bytes()


def test_a_library_without_byte_code_is_compiled_in_the_folder_of_the_build(library: Path, tmp_path: Path) -> None:
    for path in library.rglob("*.pyc"):
        path.unlink()
    show_byte_code(library, tmp_path / "pycache", alone=True)
    cached = [Path(path) for path in imported(library, tmp_path / "pycache")]
    assert [path.is_file() and not path.is_symlink() for path in cached] == [True, True]


def test_what_is_out_of_date_is_made_again_and_leaves_the_library_alone(library: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pycache"
    show_byte_code(library, folder, alone=False)
    (library / "one.py").write_text("value = 'changed'\n")
    os.utime(library / "one.py", (1, 1))
    layer = (folder / library.relative_to("/") / f"one.{TAG}.pyc").resolve().parent
    before = {path: path.read_bytes() for place in (library, layer) for path in place.rglob("*.pyc")}
    cached = [Path(path) for path in imported(library, folder)]
    assert [path.is_symlink() for path in cached] == [False, False]
    assert {path: path.read_bytes() for place in (library, layer) for path in place.rglob("*.pyc")} == before


def test_the_library_of_a_virtual_environment_is_that_of_its_base() -> None:
    assert ask_interpreter(Path(sys.executable)).library == Path(os.__file__).parent
