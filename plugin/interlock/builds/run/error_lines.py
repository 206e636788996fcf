"""Which lines of a build log are errors of compilers and build tools, which only repeat that something failed."""

from __future__ import annotations

import re

_COMPILERS = re.compile(
    r"""
    ^[^\s:][^:\n]*:\d+:(?:\d+:)?\s(?:fatal\s)?error:          # gcc, clang
    | ^[^\s(][^(\n]*\(\d+\)\s?:\s(?:catastrophic\s|fatal\s)?error  # nvcc, cudafe++, MSVC
    | ^(?:nvcc|ptxas|nvlink|fatbinary)\s+(?:fatal|error)\s*:
    | ^ptxas\s.*;\s(?:error|fatal)\s*:
    | ^(?:LINK|cl)\s:\s.*\berror\b
    | ^\S*(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|cc1plus|cc1)(?:-[\d.]+)?:\s(?:fatal\s)?error:
    | ^\S*(?:ld|ld\.\w+|collect2):\s.*(?:cannot\sfind|error:|undefined\sreference|terminated\swith\ssignal)
    | :\sundefined\sreference\sto\s
    | ^CMake\sError
    | ^configure:\serror:
    | ^make(?:\[\d+\])?:\s\*\*\*\sNo\srule\sto\smake\s
    | ^error(?:\[E\d+\])?:\s                                  # rustc, cargo, distutils
    | ^[^\s:]+\.(?:pyx|pxd|pxi):\d+:\d+:\s(?!.*\bwarning\b)   # Cython
    | ^\S*meson\.build:\d+:\d+:\sERROR:
    | ^ninja:\s(?:error|fatal):
    | (?:internal\scompiler\serror:\s)?Killed\s(?:signal|\(program)
    """,
    re.VERBOSE,
)
# distutils' summary of a failed compiler, and those of cargo and pip: they follow the real error.
_REPEATED = re.compile(
    r"^error: (?:command .* failed|Command .* (?:died|returned)|subprocess-exited|could not compile)|"
    r"^make(?:\[\d+\])?: \*\*\* \[|^ninja: build stopped"
)
# Files that are compiled to see what the compiler can do: of distutils and numpy, autoconf, CMake, and pybind11.
_PROBE = re.compile(r"(?:^|/)(?:_configtest|conftest|testCCompiler|CheckSymbolExists|tmp\w{8})\.\w+:|/CMakeScratch/")
_PYTHON = ("File ", "raise ", "self.", "error: subprocess")

_EXCEPTION = re.compile(
    r"^(?:[A-Za-z_][\w.]*\.)?[A-Z]\w*(?:Error|Exception|Exit|Interrupt|Failed|Unavailable|Warning)\b(?::|$)"
)
# What a mistake in Python ends with. No compiler that failed before is to blame for one.
_MISTAKE = re.compile(
    r"^(?:ModuleNotFound|Import|Syntax|Indentation|Name|Attribute|Type|Value|NotImplemented|ZeroDivision|Recursion|"
    r"UnboundLocal)Error\b"
)
# The exception with which a program that failed is reported: the program has said why before.
_OF_PROGRAM = re.compile(r"CalledProcessError\b|returned non-zero exit|failed with exit|exit (?:code|status)")

# Said by shells and tools of anything that went wrong, also of what a build can do without.
_COMPLAINT = re.compile(
    r"\b(?:error|fatal|cannot|can't|could not|unable to|not found|no such|missing|required|failed|denied|undefined)\b",
    re.IGNORECASE,
)
_ENDING = re.compile(r"^\W*(?:fatal )?error\b\s*:", re.IGNORECASE)


def is_compiler_error(line: str) -> bool:
    """Whether a compiler, a linker or a build tool says here what is wrong."""
    return bool(
        _COMPILERS.search(line)
        and not _REPEATED.match(line)
        and not _PROBE.search(line)
        and not is_exception(line)
        and not line.lstrip().startswith(_PYTHON)
    )


def is_exception(line: str) -> bool:
    """Whether this is the last line of a traceback, or looks like one."""
    return bool(_EXCEPTION.match(line))


def is_mistake(line: str) -> bool:
    """Whether an exception comes from the project's own Python code, whatever was printed before."""
    return bool(_MISTAKE.match(line))


def tells_of_program(line: str) -> bool:
    """Whether an exception only says that a program failed."""
    return bool(_OF_PROGRAM.search(line))


def is_complaint(line: str) -> bool:
    """Whether a line says that something is wrong, in whatever words."""
    return bool(_COMPLAINT.search(line))


def is_ending(line: str) -> bool:
    """Whether a line is one with which a program that refuses to go on explains itself."""
    return bool(_ENDING.match(line)) and not _REPEATED.match(line)
