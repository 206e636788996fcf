"""The commit and the tags of the repository that a source tree lies in, as far as its build depends on them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from interlock.core.files import is_directory, is_file, text_in
from interlock.core.globs import Pattern
from interlock.engines.git import said_by_git

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from interlock.core.deciding import CacheKeys

_COMMIT = ("rev-parse", "--verify", "--quiet", "HEAD")
_TAGS = ("for-each-ref", "--format=%(objectname) %(refname)", "refs/tags")
_REFERENCE = "ref: "


def history_digest(tree: Path, keys: CacheKeys) -> str:
    """A digest of what ``keys`` name of the history of a tree; nothing if that is nothing."""
    asked = [*([_COMMIT] if keys.commit else ()), *([_TAGS] if keys.tags else ())]
    told = [said_by_git(tree, *words) for words in asked]
    return hashlib.sha256("\n".join(told).encode()).hexdigest() if any(told) else ""


def history_files(tree: Path, keys: CacheKeys) -> Iterator[Path | Pattern]:
    """The files of git that change with what ``keys`` name of the history; none outside of a repository."""
    own = _folder(tree) if keys.commit or keys.tags else None
    if own is None:
        return
    shared = _shared(own)
    yield shared / "packed-refs"
    if keys.commit:
        yield own / "HEAD"
        head = _text(own / "HEAD")
        if head.startswith(_REFERENCE):
            yield shared / head.removeprefix(_REFERENCE)
    if keys.tags:
        yield Pattern(str(shared), "refs/tags/**")


def _folder(tree: Path) -> Path | None:
    """Where git keeps the state of a checkout: below it, or, as its file says, elsewhere."""
    places = [folder / ".git" for folder in (tree, *tree.parents)]
    place = next((each for each in places if is_directory(each) or is_file(each)), None)
    if place is None or is_directory(place):
        return place
    named = _text(place)
    return place.parent / named.removeprefix("gitdir: ") if named.startswith("gitdir: ") else None


def _shared(own: Path) -> Path:
    """What all checkouts of a repository share."""
    named = _text(own / "commondir")
    return own / named if named else own


def _text(file: Path) -> str:
    text = text_in(file).strip()
    return "" if "\0" in text else text
