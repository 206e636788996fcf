from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.builds.run.failure import find_cause

GCC = """\
running build_ext
g++ -c a.cpp
In file included from a.cpp:3:
a.cpp:12:10: fatal error: cuda_runtime_api.h: No such file or directory
   12 | #include <cuda_runtime_api.h>
compilation terminated.
error: command '/usr/bin/g++' failed with exit code 1
Traceback (most recent call last):
  File "x.py", line 1, in <module>
    build()
subprocess.CalledProcessError: Command '['ninja', '-v']' returned non-zero exit status 1.
"""
NVCC = """\
[1/3] nvcc -c k.cu
/src/k.cu(42): error: identifier "__half2" is undefined
1 error detected in the compilation of "/src/k.cu".
ninja: build stopped: subcommand failed.
"""
IMPORT = """\
Traceback (most recent call last):
  File "setup.py", line 3, in <module>
    import torch
ModuleNotFoundError: No module named 'torch'
"""
CMAKE = """\
-- Detecting CXX compiler
CMake Error at CMakeLists.txt:3 (project):
  No CMAKE_CXX_COMPILER could be found.
"""
CUDA_HOME = """\
Traceback (most recent call last):
  File "setup.py", line 9, in <module>
    raise OSError
OSError: CUDA_HOME environment variable is not set. Please set it to your CUDA install root.
"""


@pytest.mark.parametrize(
    ("log", "summary", "hint"),
    [
        (GCC, "a.cpp:12:10: fatal error: cuda_runtime_api.h: No such file or directory", "cuda-cudart-dev"),
        (NVCC, '/src/k.cu(42): error: identifier "__half2" is undefined', ""),
        (IMPORT, "ModuleNotFoundError: No module named 'torch'", ""),
        (CMAKE, "CMake Error at CMakeLists.txt:3 (project):", "cxx-compiler"),
        (
            CUDA_HOME,
            "OSError: CUDA_HOME environment variable is not set. Please set it to your CUDA install root.",
            "cuda-nvcc",
        ),
        (
            "c++: fatal error: Killed signal terminated program cc1plus\n",
            "c++: fatal error: Killed signal terminated program cc1plus",
            "memory",
        ),
        (
            "x.o: in function f:\n/usr/bin/ld: cannot find -lcudart: No such file\n",
            "/usr/bin/ld: cannot find -lcudart: No such file",
            "conda package",
        ),
        (
            "error: could not create 'x': Read-only file system\n",
            "error: could not create 'x': Read-only file system",
            "",
        ),
        (
            "a.c:1:10: fatal error: Python.h: No such file or directory\n",
            "a.c:1:10: fatal error: Python.h: No such file or directory",
            "headers",
        ),
        (
            "FileNotFoundError: [Errno 2] No such file or directory: '/p/bin/nvcc'\n",
            "FileNotFoundError: [Errno 2] No such file or directory: '/p/bin/nvcc'",
            "cuda-nvcc",
        ),
        (
            "a.c:9:10: fatal error: portaudio.h: No such file or directory\n",
            "a.c:9:10: fatal error: portaudio.h: No such file or directory",
            "portaudio.h",
        ),
        (
            "Package 'x', required by 'world', not found\n"
            + "more\n" * 20
            + "a.cpp:1:2: fatal error: longintrepr.h: No such file or directory\n",
            "a.cpp:1:2: fatal error: longintrepr.h: No such file or directory",
            "CYTHON_FORCE_REGEN",
        ),
        (
            (
                "Error compiling Cython file:\n^\na.pxd:1:0: 'eigen.pxd' not found\n"
                "Traceback (most recent call last):\n"
                "Cython.Compiler.Errors.CompileError: a.pyx\n"
            ),
            "a.pxd:1:0: 'eigen.pxd' not found",
            "",
        ),
        (
            '../meson.build:31:12: ERROR: Dependency "cairo" not found (tried pkg-config and cmake)\n',
            '../meson.build:31:12: ERROR: Dependency "cairo" not found (tried pkg-config and cmake)',
            "conda package",
        ),
        ("all quiet\n", "", ""),
    ],
)
def test_the_first_real_error_is_found(log, summary, hint):
    cause = find_cause(log.splitlines(keepends=True))
    assert cause.summary == summary
    assert hint in cause.hint
    assert bool(cause.hint) == bool(hint)


def test_a_missing_module_at_the_end_wins_over_earlier_compiler_messages():
    log = "probe.c:1:1: error: unknown type name 'x'\n" + IMPORT
    assert find_cause(log.splitlines()).summary == "ModuleNotFoundError: No module named 'torch'"


def test_the_excerpt_is_around_the_error():
    cause = find_cause(GCC.splitlines())
    assert "   12 | #include <cuda_runtime_api.h>" in cause.lines
    assert "running build_ext" not in cause.lines


@given(st.lists(st.text()))
def test_no_log_makes_it_fail(lines):
    cause = find_cause(lines)
    assert len(cause.lines) <= 15
