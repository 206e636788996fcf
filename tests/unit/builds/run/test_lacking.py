from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.builds.run.lacking import Lacking, find_lacking


@pytest.mark.parametrize(
    ("line", "module"),
    [
        ("ModuleNotFoundError: No module named 'torch'", "torch"),
        ("ImportError: No module named Cython.Build", "Cython.Build"),
        ("/venv/bin/python: No module named pip", "pip"),
        ("/venv/bin/python3.12: No module named cmake", "cmake"),
        ("All modules are there", None),
    ],
)
def test_a_module_is_named_in_the_ways_of_python(line, module):
    assert find_lacking([line]).module == module


def test_the_last_missing_module_is_the_one_that_ended_it():
    lines = ["ModuleNotFoundError: No module named 'optional'", "ModuleNotFoundError: No module named 'numpy'"]
    assert find_lacking(lines).module == "numpy"


@pytest.mark.parametrize(
    ("line", "program"),
    [
        ("FileNotFoundError: [Errno 2] No such file or directory: 'cmake'", "cmake"),
        ("FileNotFoundError: [Errno 2] No such file or directory: '/usr/bin/cmake'", "cmake"),
        ("error: command 'swig' failed: No such file or directory", "swig"),
        ("unable to execute 'swig': No such file or directory", "swig"),
        ("/bin/sh: 1: cmake: not found", "cmake"),
        ("bash: line 1: ninja: command not found", "ninja"),
        ("make: cmake: No such file or directory", "cmake"),
        ('CMake Error: CMake was unable to find a build program corresponding to "Ninja".', "ninja"),
        ("RuntimeError: CMake must be installed to build the following extensions: _box", "cmake"),
        ("Exception: Could not find `cmake` executable!", "cmake"),
        ("OSError: CUDA_HOME environment variable is not set. Please set it to your CUDA install root.", "nvcc"),
        ("RuntimeError: flash_attn was requested, but nvcc was not found.  Are you sure ...?", "nvcc"),
        ("NameError: CUDA_HOME is not set", "nvcc"),
        ("error: nvcc could not be found", "nvcc"),
    ],
)
def test_a_missing_program_is_named_in_many_ways(line, program):
    assert program in find_lacking([line]).programs


@pytest.mark.parametrize(
    ("command", "installs"),
    [
        ("['pip', 'install', 'numpy', 'cython']", ("numpy", "cython")),
        ("['/venv/bin/python', '-m', 'pip', 'install', '--upgrade', 'numpy>=1.20']", ("numpy>=1.20",)),
        ("['pip3', '--quiet', 'install', '-r', 'requirements.txt', 'six']", ("six",)),
        ("['pip', 'install', '.', './vendored', 'git+https://example.org/x']", ()),
        ("pip install 'numpy<2' six", ("numpy<2", "six")),
        ("pip install 'unbalanced", ()),
        ("['pip', 'list']", ()),
        ("['make', 'install', 'numpy']", ()),
        ("[broken", ()),
    ],
)
def test_what_pip_was_to_install_is_read_from_its_command(command, installs):
    line = f"subprocess.CalledProcessError: Command '{command}' returned non-zero exit status 1."
    assert find_lacking([line]).installs == installs


def test_what_pip_did_not_find_is_wanted_too():
    lines = ["ERROR: No matching distribution found for numpy<2", "ERROR: No matching distribution found for numpy<2"]
    assert find_lacking(lines) == Lacking(installs=("numpy<2",))


@given(st.lists(st.text()))
def test_no_log_makes_it_fail(lines):
    assert find_lacking(lines) == find_lacking([line + "\n" for line in lines])
