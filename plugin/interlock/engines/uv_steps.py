"""What uv says while it installs: which packages it downloads and builds."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from interlock.core.counting import named

_BEGUN = re.compile(r" *(?P<verb>Downloading|Building) (?P<name>\S+)(?: \((?P<size>[\d.]+\s?\w+)\)| @ \S+)?")
_ENDED = re.compile(r" +(?:Downloaded|Built) (?P<name>\S+)")
_PREPARED = re.compile(r"Prepared (?P<number>\d+) packages? in ")
_OTHERS = re.compile(
    r"(?:Using C?Python|Resolved \d+|Installed \d+|Uninstalled \d+|Audited \d+|Checked \d+) | [-+~] \S+=="
)
_MOST_NAMED = 2


class Steps:
    """Reads uv's lines as they come, and tells ``tell`` in a phrase what uv is at.

    ``building`` gets each package that uv begins to build, as ``name==version`` or its name. ``prepared`` says whether
    uv has everything that it installs; it is not told where nothing was lacking.
    """

    def __init__(self, tell: Callable[[str], None], building: Callable[[str], None] = lambda _: None) -> None:
        self.prepared = False
        self._tell = tell
        self._building = building
        self._at: dict[str, str] = {}

    def hear(self, line: str) -> None:
        """Take note of a line."""
        if begun := _BEGUN.fullmatch(line):
            size = f" ({begun['size']})" if begun["size"] else ""
            if begun["verb"] == "Building":
                self._building(begun["name"])
            self._at[begun["name"]] = f"{begun['verb'].lower()} {begun['name']}{size}"
        elif ended := _ENDED.match(line):
            self._at.pop(ended["name"], None)
        elif _PREPARED.match(line):
            self.prepared = True
            self._at.clear()
        else:
            return
        self._tell(named(list(self._at.values()), _MOST_NAMED))

    @staticmethod
    def others(text: str) -> Sequence[str]:
        """The lines of uv that say something else, as the reason of a failure."""
        known = (_BEGUN.fullmatch, _ENDED.match, _PREPARED.match, _OTHERS.match)
        return [line for line in text.splitlines() if not any(match(line) for match in known)]
