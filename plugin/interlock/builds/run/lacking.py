"""What a failed build lacked, according to its log: a module, programs, packages that it tried to install with pip."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from packaging.requirements import InvalidRequirement, Requirement

from interlock.builds.plan.tools import build_tools

_NO_MODULE = re.compile(r"(?:ModuleNotFoundError|ImportError): No module named '?([\w.]+)'?")
_RUN_AS_MODULE = re.compile(r"python[\d.]*: No module named ([\w.]+)$")

# How Python, shells, make, distutils and CMake say that a program is not there; some projects look for theirs first.
_NO_PROGRAM = (
    re.compile(r"No such file or directory: '(?P<program>[^']+)'"),
    re.compile(r"(?:command|execute) '(?P<program>[^']+)'(?: failed)?: No such file"),
    re.compile(r"(?:^|[:\s])(?P<program>[\w.+-]+): (?:command )?not found"),
    re.compile(r"(?:^|[:\s])(?P<program>[\w.+-]+): No such file or directory$"),
    re.compile(r'unable to find a build program corresponding to "(?P<program>\w+)"'),
    re.compile(r"(?P<program>\w+) (?:must be|is not) installed", re.IGNORECASE),
    re.compile(
        r"(?:Cannot|Could not|Unable to) find (?:the )?[`'\"]?(?P<program>\w+)[`'\"]? executable", re.IGNORECASE
    ),
)
# How torch's extension builder and those that use it say that there is no CUDA compiler.
_NO_NVCC = re.compile(
    r"CUDA_HOME (?:environment variable )?(?:is|was) not (?:set|found)"
    r"|\bnvcc (?:(?:was|is|could|can) ?)?not (?:be )?found"
)

_FAILED_COMMAND = re.compile(r"Command '(?P<command>.+)' returned non-zero exit status")
_NO_DISTRIBUTION = re.compile(r"No matching distribution found for (?P<requirement>.+)")
_PIP = re.compile(r"pip[\d.]*")
_WITH_VALUE = frozenset({"-r", "-c", "-e", "-t", "-i", "-f", "--target", "--prefix", "--index-url", "--find-links"})


@dataclass(frozen=True, slots=True)
class Lacking:
    """What was not there. ``module`` is the one that the log ends with not finding.

    ``programs`` are names of programs, ``installs`` requirements that the build wanted pip to install, ``older`` those
    for older versions of tools, which the project was written for.
    """

    module: str | None = None
    programs: tuple[str, ...] = ()
    installs: tuple[str, ...] = ()
    older: tuple[str, ...] = ()


def find_lacking(log: Iterable[str]) -> Lacking:
    """What the lines of a failed build's log say was missing."""
    lines = [line.rstrip() for line in log]
    return Lacking(
        module=next((name for line in reversed(lines) if (name := missing_module(line))), None),
        programs=tuple(dict.fromkeys(name for line in lines for name in _programs(line))),
        installs=tuple(dict.fromkeys(text for line in lines for text in _installs(line))),
        older=tuple(text for pattern, text in build_tools().symptoms if any(pattern.search(line) for line in lines)),
    )


def missing_module(line: str) -> str | None:
    """The module that a line of a log says is not there."""
    match = _NO_MODULE.search(line) or _RUN_AS_MODULE.search(line)
    return match.group(1) if match else None


def _programs(line: str) -> Iterator[str]:
    if _NO_NVCC.search(line):
        yield "nvcc"
    for pattern in _NO_PROGRAM:
        for match in pattern.finditer(line):
            yield PurePosixPath(match["program"]).name.lower()


def _installs(line: str) -> Iterator[str]:
    missing = _NO_DISTRIBUTION.search(line)
    command = _FAILED_COMMAND.search(line)
    wanted = [missing["requirement"]] if missing else _pip_arguments(_words(command["command"])) if command else []
    yield from (text.strip() for text in wanted if _is_requirement(text))


def _is_requirement(text: str) -> bool:
    """Whether pip would look for it on an index: not a path, a URL, or nonsense."""
    try:
        return Requirement(text).url is None
    except InvalidRequirement:
        return False


def _words(command: str) -> list[str]:
    """The words of a command as Python's exceptions show it: a list, or what a shell would get."""
    try:
        words = ast.literal_eval(command) if command.startswith("[") else shlex.split(command)
    except (ValueError, SyntaxError):
        return []
    return [str(word) for word in words]


def _pip_arguments(words: Sequence[str]) -> list[str]:
    """What a ``pip install`` command wants to install, without its options."""
    programs = [PurePosixPath(word).name for word in words[:3]]
    pip = next((place for place, name in enumerate(programs) if _PIP.fullmatch(name)), None)
    if pip is None or "install" not in words[pip + 1 :]:
        return []
    arguments = words[words.index("install", pip + 1) + 1 :]
    return [
        word
        for before, word in zip(("", *arguments), arguments, strict=False)
        if not word.startswith("-") and before not in _WITH_VALUE
    ]
