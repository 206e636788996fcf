from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.builds.run.failure import death, find_cause

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
        (CMAKE, "CMake Error at CMakeLists.txt:3 (project): No CMAKE_CXX_COMPILER could be found.", "cxx-compiler"),
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


# How logs of setuptools end: frames of the front end, of setuptools, and of the project's setup.py.
HOOK = """\
Traceback (most recent call last):
  File "/env/lib/python3.11/site-packages/pyproject_hooks/_in_process/_in_process.py", line 406, in <module>
    main()
    ^^^^^^
  File "/env/lib/python3.11/site-packages/setuptools/build_meta.py", line 317, in run_setup
    exec(code, locals())  # noqa: S102 # exec is intentional here
    ^^^^^^^^^^^^^^^^^^^^
  File "<string>", line 2, in <module>
"""
CALLED = f"""{HOOK}\
  File "/env/lib/python3.11/subprocess.py", line 413, in check_call
    raise CalledProcessError(retcode, cmd)
subprocess.CalledProcessError: Command '[...]' returned non-zero exit status 2.
"""
PARALLEL = """\
building 'b' extension
gcc -c error.c -o error.o -Wall
building 'c' extension
gcc -c c.c -o c.o -Werror=unused
error.c:5:2: warning: #warning "error: deprecated API" [-Wcpp]
error.c: In function 'error_count':
0 errors, 2 warnings
c.c: In function 'g':
c.c:1:14: error: 'retrun' undeclared (first use in this function)
    1 | int g(int) { retrun 1 }
      |              ^~~~~~
b.c:4:15: error: 'undeclared_thing' undeclared (first use in this function)
error: Command '['gcc', '-c', 'b.c', '-o', 'b.o']' returned non-zero exit status 1.
"""
PROBES = """\
compile options: '-c'
_configtest.c:1:10: fatal error: cblas.h: No such file or directory
failure.
/tmp/tmpa1b2c3d4.cpp:1:10: fatal error: nothing.h: No such file or directory
"""
NINJA = """\
[1/3] Generating kernels
FAILED: kernels.cpp
cd /b && python gen.py --no-error
warming up
gen.py: cannot read the table of architectures
ninja: build stopped: subcommand failed.
*** CMake build failed
"""


@pytest.mark.parametrize(
    ("log", "summary"),
    [
        (PARALLEL, "c.c:1:14: error: 'retrun' undeclared (first use in this function)"),
        (PROBES + "a.c:7:1: error: expected ';'\n", "a.c:7:1: error: expected ';'"),
        (
            f"probe.c:1:10: fatal error: x.h: No such file\n{HOOK}ValueError: no such thing\n",
            "ValueError: no such thing",
        ),
        (f"a.c:1:10: error: x\n{HOOK}RuntimeError: Error compiling objects\n", "a.c:1:10: error: x"),
        (f"make: *** No rule to make target 'x.o'.  Stop.\n{CALLED}", "make: *** No rule to make target 'x.o'.  Stop."),
        (
            f"make[1]: *** [Makefile:3: a.o] Error 1\n{CALLED}",
            "make[1]: *** [Makefile:3: a.o] Error 1",
        ),
        (f"/bin/sh: 1: swig: not found\n{CALLED}", "/bin/sh: 1: swig: not found"),
        (
            f"looking for swig\n{CALLED}",
            "subprocess.CalledProcessError: Command '[...]' returned non-zero exit status 2.",
        ),
        (NINJA, "gen.py: cannot read the table of architectures"),
        ("FAILED: a.o\nhipcc -c a\nninja: build stopped: subcommand failed.\n", "FAILED: a.o"),
        (
            "git: command not found\nb.c:1:2: error: bad\nninja: build stopped: subcommand failed.\n",
            "b.c:1:2: error: bad",
        ),
        (
            "CMake Error at CMakeLists.txt:4 (message):\n\n  You need CUDA 12\n  for this\n\n  Call Stack:\n",
            "CMake Error at CMakeLists.txt:4 (message): You need CUDA 12 for this",
        ),
        ("CMake Error: no such generator\n", "CMake Error: no such generator"),
        (
            "error[E0308]: mismatched types\n --> src/lib.rs:1:36\n  |\nerror: could not compile `r`\n",
            "src/lib.rs:1:36: error[E0308]: mismatched types",
        ),
        (
            "ptxas /tmp/k.ptx, line 26; error   : Not a name of any known instruction\nptxas fatal   : aborted\n",
            "ptxas /tmp/k.ptx, line 26; error   : Not a name of any known instruction",
        ),
        (
            "a.cpp(3): fatal error C1083: Cannot open include file\n",
            "a.cpp(3): fatal error C1083: Cannot open include file",
        ),
        ("checking for gcc... no\nconfigure: error: no compiler\n", "configure: error: no compiler"),
        ("Checking for libfoo\nERROR: libfoo >= 2 is required\n", "ERROR: libfoo >= 2 is required"),
        ("read the log: 0 errors\nPlease set HDF5_DIR.\n", ""),
    ],
)
def test_the_first_cause_is_told_from_what_follows_and_what_only_looks_like_it(log, summary):
    assert find_cause(log.splitlines(keepends=True)).summary == summary


def test_an_exception_is_shown_with_the_frames_of_the_project():
    cause = find_cause(f"reading\n{HOOK}  File \"<string>\", line 9, in f\nKeyError: 'x'\nmore of it\n".splitlines())
    assert cause.lines == (
        '  File "setup.py", line 2, in <module>',
        '  File "setup.py", line 9, in f',
        "KeyError: 'x'",
        "more of it",
    )


def test_the_context_of_an_error_ends_before_a_traceback():
    cause = find_cause(f"cc -c a.c\na.c:1:2: error: bad\n{CALLED}".splitlines())
    assert cause.lines == ("cc -c a.c", "a.c:1:2: error: bad")


def test_a_probe_that_failed_gives_no_advice():
    assert find_cause(f"p.c:1:10: fatal error: x.h: No such file\n{HOOK}ValueError: y\n".splitlines()).hint == ""


def test_a_backend_that_a_signal_ended():
    cause = death(9, ["a", "", "compiling kernels\n"])
    assert cause.summary == "the build backend was ended by SIGKILL"
    assert cause.lines == ("a", "compiling kernels")
    assert "memory" in cause.hint
    assert death(11, []).hint == ""
    assert death(999, []).summary == "the build backend was ended by signal 999"


@given(st.lists(st.text()))
def test_no_log_makes_it_fail(lines):
    cause = find_cause(lines)
    assert len(cause.lines) <= 15
