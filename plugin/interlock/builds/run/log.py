"""The complete log of one build, on disk and as events."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, TextIO

from interlock.core.urls import discreet
from interlock_hooks.types import BuildOutput, Event

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from typing_extensions import Self

# Listeners show a line at a time; a backend that prints a megabyte without a line break must not fill their memory.
_EVENT_WIDTH = 2000
_CONTROL = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]|[\x00-\x08\x0b-\x1f\x7f]"
)


class BuildLog:
    """A new log file ``NAME-VERSION-N.log``, closed at the end of ``with``; listeners get each line as well.

    A version that is not known yet is left out of the name.
    """

    def __init__(self, folder: Path, name: str, emit: Callable[[Event], None], *, version: str | None = None) -> None:
        self.path, self._file = _create(folder, "-".join(filter(None, (name, version))))
        self._notes = 0
        self._name = name
        self._emit = emit

    def write(self, line: str) -> None:
        """A line that the build printed; colours and whatever else would act on a terminal are left out."""
        line = _CONTROL.sub("", line)
        self._file.write(line + "\n")
        self._emit(BuildOutput(name=self._name, line=line[:_EVENT_WIDTH]))

    def note(self, line: str) -> None:
        """A line that only the file gets, before the build prints anything."""
        self._file.write(discreet(line) + "\n")
        self._notes += 1

    def lines(self) -> Iterator[str]:
        """Everything that the build printed so far."""
        self._file.flush()
        with self.path.open(encoding="utf-8", errors="replace") as file:
            yield from islice(file, self._notes, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def _create(folder: Path, stem: str) -> tuple[Path, TextIO]:
    folder.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        path = folder / f"{stem}-{number}.log"
        try:
            # Line by line, so that a log can be read while it grows and is complete when everything ends at once.
            return path, path.open("x", encoding="utf-8", errors="replace", buffering=1)
        except FileExistsError:
            number += 1
