"""The files of a source tree that fit a pattern, as uv's ``cache-keys`` have them.

Of Interlock, only the walk through trees is imported: the no-op path looks at patterns through this module.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from interlock.core.sources import source_files, stamp_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from interlock.core.sources import SourceFile

WILDCARDS = "*?[{"
# In this order: ** stands for any directories, or for all that is below one.
_PARTS = re.compile(
    r"(?P<folders>(?:\*\*/)+)|(?P<all>\*\*)|(?P<any>\*)|(?P<one>\?)|\[(?P<set>!?\]?[^]/]*)\]|(?P<text>.)", re.DOTALL
)


class Pattern(NamedTuple):
    """Those files of a source tree that fit a pattern: ``src/**/*.rs``, ``*.{c,h}``.

    With a slash at its end it names a directory, of which counts only whether it is there.
    """

    tree: str
    glob: str


def pattern_stamp(pattern: Pattern) -> tuple[int, str]:
    """When a file that fits a pattern last changed, and a digest, as :func:`tree_stamp` tells them of all files."""
    tree, glob = pattern
    if glob.endswith("/"):
        return 0, "there" if os.path.isdir(os.path.join(tree, glob)) else "missing"
    return stamp_of(fitting(tree, glob))


def fitting(tree: str, glob: str) -> Iterator[SourceFile]:
    """The files of a source tree that count and fit a pattern, in a fixed order.

    Only the directories are looked through that the pattern leads to. A pattern that makes no sense fits nothing.
    """
    folders, names = _split(glob)
    try:
        fits = re.compile(_expression(names), re.DOTALL).fullmatch
    except (re.error, RecursionError):
        return
    yield from (file for file in source_files(os.path.join(tree, folders)) if fits(file.name))


def _split(glob: str) -> tuple[str, str]:
    """The directories that a pattern begins with, and the rest of it."""
    *folders, name = os.path.normpath(glob).split("/")
    plain = 0
    while plain < len(folders) and not any(each in folders[plain] for each in WILDCARDS):
        plain += 1
    return "/".join(folders[:plain]), "/".join([*folders[plain:], name])


def _expression(glob: str) -> str:
    text, depth = "", 0
    for part in _PARTS.finditer(glob):
        depth += {"{": 1, "}": -1}.get(part[0], 0)
        # Between braces, commas separate choices.
        text += {"{": "(?:", "}": ")", ",": "|" if depth else ","}.get(part[0]) or _translated(part)
    return text


def _translated(part: re.Match[str]) -> str:
    fixed = {"folders": "(?:.*/)?", "all": ".*", "any": "[^/]*", "one": "[^/]"}
    if part.lastgroup in fixed:
        return fixed[part.lastgroup]
    if part.lastgroup == "set":
        negated = part["set"].startswith("!")
        members = re.sub(r"([\\\[\]^&~|])", r"\\\1", part["set"][negated:])
        return f"[{'^/' if negated else ''}{members}]" if members else re.escape(part[0])
    return re.escape(part[0])
