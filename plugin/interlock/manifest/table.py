"""Typed reading of TOML tables: every wrong type, wrong value and unknown key is reported with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from interlock.manifest import codes
from interlock.manifest.known_keys import table_of
from interlock.manifest.report import Report, nearest

_TYPING_ERROR = 0.8  # how alike (difflib's ratio) an unknown key must be to a known one to be taken for it

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.manifest.document import Document
    from interlock.manifest.positions import Key
    from interlock_hooks.types.findings import Finding, Location


def kind(value: object) -> str:
    """What TOML calls a value, with its article."""
    names: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (bool, "a boolean"),
        (str, "a string"),
        (int, "an integer"),
        (float, "a float"),
        (list, "an array"),
        (dict, "a table"),
        ((datetime, date, time), "a date or time"),
    )
    return next((name for types, name in names if isinstance(value, types)), "an unknown value")


class Table:
    """A table that is being read.

    Each method takes a key, remembers it as known, and returns the value or ``None`` when the key is absent or its
    value is of the wrong type, which is then already reported. :meth:`close` reports the keys that were not read: as
    errors in ``strict`` tables, which are Interlock's own, else as warnings, since a newer version of the tool that
    owns the table may know them.
    """

    def __init__(
        self, data: dict[str, Any], path: Key, document: Document, report: Report, *, strict: bool = False
    ) -> None:
        self.data = data
        self.path = path
        self.document = document
        self.report = report
        self.strict = strict
        self._known: dict[str, None] = {}
        self._ignored: set[str] = set()

    @classmethod
    def of(cls, document: Document, report: Report) -> Table:
        """The whole of a document."""
        return cls(document.data, (), document, report)

    @property
    def root(self) -> Path:
        """The directory that relative paths of this table start from."""
        return self.document.root

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def where(self, *keys: str | int) -> Location:
        """The place of a key in this table, or of the table itself."""
        return self.document.where((*self.path, *keys))

    def error(
        self,
        code: str,
        what: str,
        *keys: str | int,
        why: str = "",
        fix: str = "",
        about: Key | None = None,
        absent: Iterable[Key] = (),
    ) -> None:
        """Report an error at a key of this table; ``about`` and ``absent`` as in :meth:`Report.error`."""
        about = (*self.path, *keys) if about is None else about
        self.report.error(code, what, self.where(*keys), why=why, fix=fix, about=about, absent=absent)

    def warning(
        self,
        code: str,
        what: str,
        *keys: str | int,
        why: str = "",
        fix: str = "",
        about: Key | None = None,
        absent: Iterable[Key] = (),
    ) -> None:
        """Report a warning at a key of this table; otherwise as :meth:`error`."""
        about = (*self.path, *keys) if about is None else about
        self.report.warning(code, what, self.where(*keys), why=why, fix=fix, about=about, absent=absent)

    def note(self, code: str, what: str, *keys: str | int, why: str) -> None:
        """Report something to know that nobody has to change."""
        self.report.note(code, what, self.where(*keys), why=why)

    def refusal(self, code: str, what: str, *keys: str | int, why: str, fix: str) -> Finding:
        """Report a dependency that cannot be had, see :mod:`interlock.manifest.refused`."""
        return self.report.refusal(code, what, self.where(*keys), why=why, fix=fix, about=(*self.path, *keys))

    def missing_path(
        self, written: str, path: Path, *keys: str | int, near: str = "the manifest's directory"
    ) -> Finding:
        """Report a dependency at a path where there is nothing; what is written may be relative to ``near``."""
        shown = str(path)
        is_full = shown in written
        why, fix = (
            ("", "correct the path") if is_full else (f"the full path is {shown}", f"write a path relative to {near}")
        )
        return self.refusal(codes.MISSING_PATH, f"{written!r} does not exist", *keys, why=why, fix=fix)

    def wrong_type(self, expected: str, found: object, *keys: str | int) -> None:
        """Report a value of the wrong type."""
        name = keys[-1] if keys and isinstance(keys[-1], str) else (keys[0] if keys else self.path[-1])
        listed = isinstance(found, str) and expected.startswith("an array") and "tables" not in expected
        fix = f'write it as a list: ["{found}"]' if listed else ""
        self.error(codes.WRONG_TYPE, f"{name!r} must be {expected}, found {kind(found)}", *keys, fix=fix)

    def raw(self, key: str) -> Any:
        """The value as it is."""
        self._known[key] = None
        return self.data.get(key)

    @property
    def known(self) -> tuple[str, ...]:
        """The keys that were asked for, or accepted."""
        return tuple(self._known)

    def expect(self, key: str) -> bool:
        """Whether a key is there; it is known from now on, so that one that resembles it is a typing error."""
        self._known[key] = None
        return key in self.data

    def ignore(self, *keys: str) -> None:
        """Accept keys that are not about environments."""
        self._known.update(dict.fromkeys(keys))
        self._ignored.update(keys)

    def string(self, key: str) -> str | None:
        """A string that is not empty."""
        value = self.raw(key)
        if value is None:
            return None
        if not isinstance(value, str):
            self.wrong_type("a string", value, key)
        elif not value.strip():
            self.error(codes.WRONG_VALUE, f"{key!r} must not be empty", key)
        else:
            return value
        return None

    def boolean(self, key: str) -> bool | None:
        """A boolean."""
        value = self.raw(key)
        if value is None or isinstance(value, bool):
            return value
        self.wrong_type("a boolean", value, key)
        return None

    def choice(self, key: str, choices: Iterable[str]) -> str | None:
        """One of the given strings."""
        value = self.string(key)
        allowed = tuple(choices)
        if value is None or value in allowed:
            return value
        guess = nearest(value, allowed)
        fix = f"did you mean {guess!r}?" if guess else ""
        listed = ", ".join(repr(choice) for choice in allowed)
        self.error(codes.WRONG_VALUE, f"{key!r} cannot be {value!r}; it must be one of {listed}", key, fix=fix)
        return None

    def strings(self, key: str) -> tuple[str, ...]:
        """An array of strings; wrong elements are reported and left out."""
        return tuple(value for _, value in self.numbered_strings(key))

    def numbered_strings(self, key: str) -> Iterator[tuple[int, str]]:
        """The strings of an array with their indices."""
        for index, value in self.elements(key, "an array of strings"):
            if isinstance(value, str):
                yield index, value
            else:
                self.wrong_type("an array of strings", value, key, index)

    def elements(self, key: str, expected: str = "an array") -> Iterator[tuple[int, Any]]:
        """The elements of an array with their indices."""
        value = self.raw(key)
        if isinstance(value, list):
            yield from enumerate(value)
        elif value is not None:
            self.wrong_type(expected, value, key)

    def table(self, key: str, *below: str, strict: bool | None = None) -> Table | None:
        """A table, or one that is further down."""
        value = self.raw(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.wrong_type("a table", value, key)
            return None
        found = self.at(value, key, strict=strict)
        return found.table(*below, strict=strict) if below else found

    def tables(self, key: str) -> Iterator[Table]:
        """The tables of an array of tables."""
        for index, value in self.elements(key, "an array of tables"):
            if isinstance(value, dict):
                yield self.at(value, key, index)
            else:
                self.wrong_type("an array of tables", value, key, index)

    def children(self, key: str) -> Iterator[tuple[str, Table]]:
        """The tables of a table whose keys are names that the user chose."""
        table = self.table(key)
        for name in table.entries() if table else ():
            inner = table.table(name) if table else None
            if inner is not None:
                yield name, inner

    def at(self, value: dict[str, Any], *keys: str | int, strict: bool | None = None) -> Table:
        """A table below this one that is already known to be a table."""
        inherited = self.strict if strict is None else strict
        return Table(value, (*self.path, *keys), self.document, self.report, strict=inherited)

    def entries(self) -> Iterator[str]:
        """All keys of a table whose keys are names that the user chose."""
        self._known.update(dict.fromkeys(self.data))
        return iter(self.data)

    def variables(self, key: str) -> tuple[tuple[str, str], ...]:
        """A table of strings, as environment variables are given."""
        table = self.table(key)
        if table is None:
            return ()
        values = ((name, table.raw(name)) for name in table.entries())
        found = []
        for name, value in values:
            if not name or "=" in name:
                table.error(codes.WRONG_VALUE, f"{name!r} cannot be the name of a variable", name)
            elif isinstance(value, str):
                found.append((name, value))
            else:
                table.wrong_type("a string", value, name)
        return tuple(found)

    def required(self, key: str) -> str | None:
        """A string that must be there."""
        if key not in self.data:
            self._known[key] = None
            name = f"[{'.'.join(str(part) for part in self.path)}]"
            missing = (*self.path, key)
            what = f"{name} lacks the required key {key!r}"
            self.error(codes.MISSING_KEY, what, fix=f"add {key!r}", about=missing, absent=[missing])
            return None
        return self.string(key)

    def close(self) -> None:
        """Report the keys that were not read: mistyped ones, and ones that another table reads."""
        for key in self.data:
            if key in self._known:
                continue
            place = table_of(key, self.path)
            # A key of another table can resemble one of this table; only a near miss is then a typing error.
            guess = nearest(key, self._known, cutoff=0.9 if place else 0.6)
            # An unknown key may be one of a newer pixi or uv. A mistyped one is meant to have an effect, unless the
            # one that was meant has none.
            effective = [name for name in self._known if name not in self._ignored]
            fatal = self.strict or (bool(guess) and guess not in self._ignored and _is_mistyped(key, effective))
            report = self.error if fatal else self.warning
            if guess or not place:
                fix = f"did you mean {guess!r}?" if guess else ""
                what = f"unknown key {key!r}{' is ignored' * (not fatal)}"
                report(codes.UNKNOWN_KEY, what, key, fix=fix, about=(*self.path, guess or key))
            else:
                report(codes.MISPLACED, f"{key!r} has no effect here", key, fix=f"move it to {place}")


def _is_mistyped(key: str, known: Iterable[str]) -> bool:
    """Whether a key is a known one with letters wrong; one with more or fewer words has a meaning of its own."""
    words = key.count("-") + key.count("_")
    alike = (each for each in known if each.count("-") + each.count("_") == words)
    return nearest(key, alike, cutoff=_TYPING_ERROR) is not None
