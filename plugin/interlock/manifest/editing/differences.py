"""What an edit changed, key by key, with the line of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from interlock.manifest.text_document import lines_of

if TYPE_CHECKING:
    from interlock.manifest.document import Document
    from interlock.manifest.positions import Key
    from interlock_hooks.types import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A key or an element of a list that an edit changed: its value before and after, ``None`` where it is not.

    ``where`` is its place in the new text, or in the old one if it is gone.
    """

    where: Location
    old: Any = None
    new: Any = None


def differences(before: Document, after: Document, is_value: Callable[[Key], bool]) -> tuple[Written, ...]:
    """The changes from one text of a manifest to another; ``is_value`` tells which tables are told as a whole."""

    def compared(path: Key, old: Any, new: Any) -> Iterator[Written]:
        if old == new:
            return
        old, new = _by_line(old, new)
        if _tables(old, new) and not is_value(path) and (old or new):
            for key in [*(new or {}), *(key for key in old or {} if key not in (new or {}))]:
                yield from compared((*path, key), (old or {}).get(key), (new or {}).get(key))
        elif _lists(old, new):
            yield from elements(path, old or [], new or [])
        else:
            yield Written(where=(before if new is None else after).where(path), old=old, new=new)

    def elements(path: Key, old: Sequence[Any], new: Sequence[Any]) -> Iterator[Written]:
        matcher = SequenceMatcher(None, list(map(_kind, old)), list(map(_kind, new)), autojunk=False)
        for _, i1, i2, j1, j2 in matcher.get_opcodes():
            for i, j in zip_longest(range(i1, i2), range(j1, j2)):
                index = i if j is None else j
                yield from compared((*path, index), None if i is None else old[i], None if j is None else new[j])

    return tuple(compared((), before.data, after.data))


def _kind(element: Any) -> str:
    """What elements of a list are recognised by; sections of one kind are compared."""
    return ",".join(element) if isinstance(element, Mapping) else repr(element)


def _by_line(*values: Any) -> tuple[Any, ...]:
    """Texts, of which one has several lines, as lists of their lines."""
    if not any(isinstance(each, str) and "\n" in each for each in values):
        return values
    return tuple(
        [line.text for line in lines_of(each, joined=True)] if isinstance(each, str) else each for each in values
    )


def _tables(old: Any, new: Any) -> bool:
    return all(each is None or isinstance(each, Mapping) for each in (old, new))


def _lists(old: Any, new: Any) -> bool:
    return all(each is None or isinstance(each, list) for each in (old, new))
