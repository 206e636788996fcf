"""From the log of a failed build to its cause: the first real error, and what to change."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import tomli

from interlock.builds.run.lacking import missing_module

_CONTEXT = 8
# Where no error is recognised, projects that refuse to build explain themselves at the end.
_TAIL = 15
_DATA = Path(__file__).parent / "data" / "failure_hints.toml"

# The first line that one of these matches is where a build really failed; what follows are its consequences.
_COMPILER_ERRORS = re.compile(
    r"""
    ^[^\s:][^:\n]*:\d+:(?:\d+:)?\s(?:fatal\s)?error:          # gcc, clang
    | ^[^\s(][^(\n]*\(\d+\):\s(?:catastrophic\s)?error        # nvcc, cudafe++, MSVC
    | ^(?:nvcc|ptxas|nvlink|fatbinary)\s+(?:fatal|error)\s*:
    | ^\S*(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|cc1plus|cc1)(?:-[\d.]+)?:\s(?:fatal\s)?error:
    | ^\S*(?:ld|ld\.\w+|collect2):\s.*(?:cannot\sfind|error:|undefined\sreference)
    | :\sundefined\sreference\sto\s
    | ^CMake\sError
    | ^error(?:\[E\d+\])?:\s                                  # rustc, cargo, distutils
    | ^[^\s:]+\.(?:pyx|pxd|pxi):\d+:\d+:\s(?!.*\bwarning\b)   # Cython
    | ^\S*meson\.build:\d+:\d+:\sERROR:
    | ^ninja:\s(?:error|fatal):
    | (?:internal\scompiler\serror:\s)?Killed\s(?:signal|\(program)
    | command\snot\sfound
    """,
    re.VERBOSE,
)
# distutils' summary of a failed compiler, and make's: they follow the real error.
_SUMMARY = re.compile(r"^error: command .* failed|^error: Command .* (?:died|returned)|^error: subprocess-exited")
_EXCEPTION = re.compile(
    r"^(?:[A-Za-z_][\w.]*\.)?[A-Z]\w*(?:Error|Exception|Exit|Interrupt|Failed|Unavailable|Warning)\b(?::|$)"
)
_TRACEBACK = "Traceback (most recent call last):"


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a build failed.

    ``summary`` is one line; ``lines`` the part of the log around it; ``hint`` a change that may help, or nothing.
    """

    summary: str
    lines: tuple[str, ...] = ()
    hint: str = ""


def find_cause(log: Iterable[str]) -> Cause:
    """The cause of a failure in the lines of a log: a compiler's first error, else the last Python exception."""
    lines = [line.rstrip() for line in log]
    exception, compiler = _last_exception(lines), _first_compiler_error(lines)
    # A missing module at the very end is the cause; most other exceptions only report what a compiler said before.
    ended_by_import = exception is not None and missing_module(lines[exception]) is not None
    position = exception if compiler is None or ended_by_import else compiler
    if position is None:
        return Cause(summary="", lines=tuple(line for line in lines[-_TAIL:] if line), hint=_hint(lines))
    excerpt = lines[max(0, position - 2) : position + _CONTEXT]
    if _EXCEPTION.match(lines[position]):
        excerpt = lines[max(0, position - _CONTEXT) : position + 3]
    # What was said beside the error helps more than what was said an hour before.
    return Cause(lines[position].strip(), tuple(line for line in excerpt if line), _hint(excerpt) or _hint(lines))


def _first_compiler_error(lines: list[str]) -> int | None:
    found = (
        number
        for number, line in enumerate(lines)
        if _COMPILER_ERRORS.search(line) and not _SUMMARY.match(line) and not _from_python(line)
    )
    return next(found, None)


def _from_python(line: str) -> bool:
    return bool(_EXCEPTION.match(line)) or line.lstrip().startswith(("File ", "raise ", "self.", "error: subprocess"))


def _last_exception(lines: list[str]) -> int | None:
    if not any(_TRACEBACK in line for line in lines):
        found = [number for number, line in enumerate(lines) if _EXCEPTION.match(line) or line.startswith("error: ")]
        return found[-1] if found else None
    start = max(number for number, line in enumerate(lines) if _TRACEBACK in line)
    ends = (number for number in range(start + 1, len(lines)) if lines[number] and not lines[number].startswith(" "))
    return next(ends, None)


def _hint(lines: list[str]) -> str:
    text = "\n".join(lines)
    found = ((hint, pattern.search(text)) for pattern, hint in _hints())
    return next((hint.format(**match.groupdict()) for hint, match in found if match), "")


@cache
def _hints() -> tuple[tuple[re.Pattern[str], str], ...]:
    """What the log says, and what helps; the first match wins."""
    entries = tomli.loads(_DATA.read_text(encoding="utf-8"))["hint"]
    return tuple((re.compile(entry["pattern"]), entry["hint"]) for entry in entries)
