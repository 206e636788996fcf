from __future__ import annotations

from interlock.engines.python.modules import modules_in


def test_modules_are_read_from_lists_of_files():
    files = [
        "pkg/__init__.py",
        "pkg/sub/deep.py",
        "single.cpython-311-x86_64-linux-gnu.so",
        "pkg-1.0.dist-info/METADATA",
        "pkg-1.0.data/scripts/x.py",
        "../../bin/tool.py",
        "pkg/data.txt",
        "not-a-module/x.py",
    ]
    assert modules_in(files) == {"pkg", "pkg.sub", "single"}
