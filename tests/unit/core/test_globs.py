from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from interlock.core import globs
from interlock.core.globs import fitting
from interlock_hooks.testing.files import write_tree

_FILES = ("a.c", "a.h", "b.rs", "src/a.c", "src/deep/er/b.rs", "src/x1.c", "src/x2.c", "src/xy.c", "src/[1].c")


@pytest.mark.parametrize(
    ("glob", "fits"),
    [
        ("*.c", ["a.c"]),
        ("./*.c", ["a.c"]),
        ("*.{c,h}", ["a.c", "a.h"]),
        ("{a.c,src/**/*.rs}", ["a.c", "src/deep/er/b.rs"]),
        ("**/*.rs", ["b.rs", "src/deep/er/b.rs"]),
        (f"{'**/' * 40}*.rs", ["b.rs", "src/deep/er/b.rs"]),
        ("src/**/*.rs", ["deep/er/b.rs"]),
        ("src/deep/**", ["er/b.rs"]),
        ("src/*/b.rs", []),
        ("src/x?.c", ["x1.c", "x2.c", "xy.c"]),
        ("src/x[0-9].c", ["x1.c", "x2.c"]),
        ("src/x[!0-9].c", ["xy.c"]),
        ("src/[[]1].c", ["[1].c"]),
        ("src/x[9-0].c", []),
        ("{a.c", []),
        ("a.c}", []),
        ("a,b{{.c,.h},.rs}", []),
        ("{a{.c,.h},b.rs}", ["a.c", "a.h", "b.rs"]),
        ("gone/*.c", []),
    ],
)
def test_files_that_fit(tmp_path: Path, glob: str, fits: list[str]) -> None:
    write_tree(tmp_path, dict.fromkeys((*_FILES, ".git/b.rs", "src/venv/pyvenv.cfg", "src/venv/b.rs"), ""))
    assert [file.name for file in fitting(str(tmp_path), glob)] == fits


def test_only_the_standard_library_and_the_walk_through_trees_are_imported() -> None:
    module = ast.parse(Path(globs.__file__).read_text(encoding="utf-8"))
    found = {node.module or "" for node in ast.walk(module) if isinstance(node, ast.ImportFrom)}
    assert {name for name in found if name.split(".")[0] not in sys.stdlib_module_names} == {"interlock.core.sources"}
