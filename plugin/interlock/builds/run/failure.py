"""From the log of a failed build to its cause: the first real error, and what to change."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import tomli

from interlock.builds.run.error_lines import (
    is_compiler_error,
    is_complaint,
    is_ending,
    is_exception,
    is_mistake,
    tells_of_program,
)

_CONTEXT = 8
# Where no error is recognised, projects that refuse to build explain themselves at the end.
_TAIL = 15
_LAST = 5  # lines that are shown of a build that was ended
# An exception that a build ends with is at most so many lines before the end of its log.
_END = 30
_DATA = Path(__file__).parent / "data" / "failure_hints.toml"

_TRACEBACK = "Traceback (most recent call last):"
_FRAME = re.compile(r'\s*File "([^"]*)", line \d+')
# Frames of the front end, of backends and of Python's library: they say how the project's code was called.
_FOREIGN = re.compile(r"/site-packages/|/lib/python3\.\d+/|<frozen ")
_STEP = re.compile(r"\[\d+/\d+\]|ninja: ")
_FAILED = "FAILED: "
_PLACE = re.compile(r"\s*--> (\S+:\d+:\d+)$")


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a build failed.

    ``summary`` is one line; ``lines`` the part of the log around it; ``hint`` a change that may help, or nothing.
    """

    summary: str
    lines: tuple[str, ...] = ()
    hint: str = ""


def find_cause(log: Iterable[str]) -> Cause:
    """The cause of a failure in the lines of a log.

    That is a compiler's first error, since others follow from it; but a mistake of the project's Python code that the
    build ends with counts more. Else it is what the last exception says, or the program whose failure it reports, or
    the command at which ninja stopped, or what the log ends with.
    """
    lines = [line.rstrip() for line in log]
    exception = _last_exception(lines)
    compiler = next((number for number, line in enumerate(lines) if is_compiler_error(line)), None)
    if exception is not None and compiler is None:
        return _of_exception(lines, exception, about=lines)
    if exception is not None and _ends_with_mistake(lines, exception):
        return _of_exception(lines, exception, about=())
    position = compiler if compiler is not None else _failed_step(lines)
    if position is None:
        position = _ending(lines)
    if position is None:
        return Cause(summary="", lines=_shown(lines[-_TAIL:]), hint=_hint(lines))
    end = next((number for number in range(position, len(lines)) if _TRACEBACK in lines[number]), len(lines))
    return _cause(_summary(lines, position), lines[max(0, position - 2) : min(position + _CONTEXT, end)], lines)


def death(number: int, log: Iterable[str]) -> Cause:
    """The cause of a failure where a signal has ended the backend itself: that, after what it printed last."""
    summary = f"the build backend was ended by {_signal_name(number)}"
    return Cause(summary, last_lines(log), _hint([summary]))


def last_lines(log: Iterable[str]) -> tuple[str, ...]:
    """What a build printed last."""
    return tuple(line.rstrip() for line in log if line.strip())[-_LAST:]


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _cause(summary: str, excerpt: Sequence[str], about: Sequence[str]) -> Cause:
    # What was said beside the error helps more than what was said an hour before.
    return Cause(summary, _shown(excerpt), _hint([*excerpt, summary]) or _hint(about))


def _shown(lines: Sequence[str]) -> tuple[str, ...]:
    # Whoever saw the head of a traceback in our output would take the failure for one of ours.
    return tuple(line for line in lines if line and _TRACEBACK not in line)


def _ends_with_mistake(lines: list[str], exception: int) -> bool:
    return is_mistake(lines[exception]) and exception >= len(lines) - _END


def _summary(lines: list[str], position: int) -> str:
    """The error at a position as one line; some tools say what, or where, only in the lines that follow."""
    line, after = lines[position].strip(), lines[position + 1 : position + _CONTEXT]
    if line.startswith("CMake Error"):
        paragraph = list(_indented(after))
        return " ".join((line, *paragraph)) if line.endswith(":") else line
    place = next((match for text in after[:1] if (match := _PLACE.match(text))), None)
    return f"{place[1]}: {line}" if place else line


def _indented(lines: list[str]) -> Iterator[str]:
    """The first paragraph of lines that are indented."""
    started = False
    for line in lines:
        if line and not line.startswith(" "):
            return
        if started and not line:
            return
        if line:
            started = True
            yield line.strip()


def _of_exception(lines: list[str], position: int, *, about: Sequence[str]) -> Cause:
    """The cause that an exception tells of; ``about`` are the lines that say more about it, beside its traceback."""
    start = max((number for number in range(position) if _TRACEBACK in lines[number]), default=position)
    if tells_of_program(lines[position]) and start > 0:
        said = next((number for number in reversed(range(start)) if lines[number]), None)
        if said is not None and is_complaint(lines[said]) and not is_exception(lines[said]):
            return _cause(lines[said].strip(), [*lines[max(0, said - 3) : said + 1], lines[position]], about)
    excerpt = [*_own_frames(lines[start:position])[-_CONTEXT:], *lines[position : position + 3]]
    return _cause(lines[position].strip(), excerpt, (*lines[start:], *about))


def _own_frames(traceback: list[str]) -> list[str]:
    """A traceback without the frames that are not the project's; all of it if there are no others."""
    kept: list[str] = []
    own, by_setuptools = True, any("/setuptools/build_meta.py" in line for line in traceback)
    for line in traceback:
        frame = _FRAME.match(line)
        if frame is not None:
            own = not _FOREIGN.search(frame[1])
        if own:
            # What setuptools runs as a text is setup.py.
            kept.append(line.replace('"<string>"', '"setup.py"') if by_setuptools else line)
    return kept if any(map(_FRAME.match, kept)) else traceback


def _last_exception(lines: list[str]) -> int | None:
    if not any(_TRACEBACK in line for line in lines):
        return next((number for number in reversed(range(len(lines))) if is_exception(lines[number])), None)
    start = max(number for number, line in enumerate(lines) if _TRACEBACK in line)
    ends = (number for number in range(start + 1, len(lines)) if lines[number] and not lines[number].startswith(" "))
    return next(ends, None)


def _failed_step(lines: list[str]) -> int | None:
    """What the first command that failed under ninja said: its first complaint, or its first line."""
    failed = next((number for number, line in enumerate(lines) if line.startswith(_FAILED)), None)
    if failed is None:
        return None
    # The command itself follows.
    said = range(failed + 2, len(lines))
    end = next((number for number in said if _STEP.match(lines[number])), len(lines))
    complaints = (number for number in range(failed + 2, end) if is_complaint(lines[number]))
    return next(complaints, failed)


def _ending(lines: list[str]) -> int | None:
    tail = range(max(0, len(lines) - _TAIL), len(lines))
    return next((number for number in tail if is_ending(lines[number])), None)


def _hint(lines: Sequence[str]) -> str:
    text = "\n".join(lines)
    found = ((hint, pattern.search(text)) for pattern, hint in _hints())
    return next((hint.format(**match.groupdict()) for hint, match in found if match), "")


@cache
def _hints() -> tuple[tuple[re.Pattern[str], str], ...]:
    """What the log says, and what helps; the first match wins."""
    entries = tomli.loads(_DATA.read_text(encoding="utf-8"))["hint"]
    return tuple((re.compile(entry["pattern"]), entry["hint"]) for entry in entries)
