from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from interlock.builds.run.byte_code import show_byte_code
from interlock.builds.run.interpreter import ask_interpreter


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


def test_byte_code_is_found_and_not_written_again(library: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pycache"
    show_byte_code(library, folder)
    cached = [Path(path) for path in imported(library, folder)]
    assert [path.is_relative_to(folder) and path.is_symlink() for path in cached] == [True, True]
    assert [path.resolve().parent.name for path in cached] == ["__pycache__"] * 2
    assert not list(folder.rglob("other*"))


def test_what_is_out_of_date_is_made_again_and_leaves_the_library_alone(library: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pycache"
    show_byte_code(library, folder)
    (library / "one.py").write_text("value = 'changed'\n")
    os.utime(library / "one.py", (1, 1))
    before = {path: path.read_bytes() for path in library.rglob("*.pyc")}
    cached = [Path(path) for path in imported(library, folder)]
    assert [path.is_symlink() for path in cached] == [False, True]
    assert {path: path.read_bytes() for path in library.rglob("*.pyc")} == before


def test_the_library_of_a_virtual_environment_is_that_of_its_base() -> None:
    assert ask_interpreter(Path(sys.executable)).library == Path(os.__file__).parent
