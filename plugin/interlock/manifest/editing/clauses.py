"""The clauses of a range: what it is without its upper bounds, and how it says other versions in the same way."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.manifest.editing.bounds import conda_bound, pypi_bound

if TYPE_CHECKING:
    from interlock.manifest.editing.dependency import Ecosystem

_CLAUSE = re.compile(
    r"\s*(?P<operator>===|==|=|!=|~=|>=|<=|>|<|)\s*(?P<version>[A-Za-z0-9][\w.!+-]*?)(?P<star>\.\*)?\s*", re.ASCII
)
_LOWER = frozenset({">=", ">", "~=", "==", "=", ""})


@dataclass(frozen=True, slots=True)
class Clause:
    """One comparison: ``>=1.2``, or ``=1.2.*`` with a ``star``."""

    operator: str
    version: str
    star: bool

    def __str__(self) -> str:
        return f"{self.operator}{self.version}{'.*' if self.star else ''}"


@dataclass(frozen=True, slots=True)
class Clauses:
    """A range that is a list of clauses, each of which has to hold, in the words of an ecosystem."""

    ecosystem: Ecosystem
    each: tuple[Clause, ...]

    @property
    def is_exact(self) -> bool:
        """Whether it admits one version only."""
        exact = ("==", "===") if self.ecosystem == "pypi" else ("==", "===", "")
        return any(clause.operator in exact and not clause.star for clause in self.each)

    @property
    def relaxed(self) -> str:
        """Without what excludes newer versions; empty for any version."""
        lower = [f">={clause.version}" for clause in self.each if clause.operator in _LOWER]
        return ",".join([*lower, *self._exclusions])

    def rewritten(self, name: str, lowest: str, highest: str, admits: Callable[[str, str], bool]) -> str:
        """The same kind of range for other versions, or if that cannot be, the range that ``env add`` would write.

        ``admits`` tells whether a range has a version.
        """
        said = self._same_kind(lowest, highest)
        if said is not None:
            text = ",".join([said, *self._exclusions])
            if admits(text, lowest) and admits(text, highest):
                return text
        open_above = self.ecosystem == "pypi" and not any(each.operator in ("<", "<=") for each in self.each)
        bound = pypi_bound(lowest) if open_above else conda_bound(name, _public(lowest), highest)
        return ",".join([bound, *self._exclusions])

    @property
    def _exclusions(self) -> list[str]:
        return [str(clause) for clause in self.each if clause.operator == "!="]

    def _same_kind(self, lowest: str, highest: str) -> str | None:
        kinds = [clause for clause in self.each if clause.operator in ("~=", "==", "===", "=", "")]
        if len(kinds) != 1:
            return None
        clause = kinds[0]
        if not clause.star and clause.operator not in ("~=", "="):
            return f"{clause.operator}{highest}" if lowest == highest else None
        length = clause.version.count(".") + 1
        parts = re.split(r"[.+-]", lowest)[:length]
        if clause.operator == "~=" and len(parts) < 2:
            return None
        return f"{clause.operator}{'.'.join(parts)}{'.*' if clause.star else ''}"


def read_clauses(ecosystem: Ecosystem, text: str) -> Clauses | None:
    """Read a range, ``None`` if it is more than a list of clauses. ``*`` and nothing are the empty list."""
    if text.strip() in ("", "*"):
        return Clauses(ecosystem, ())
    found = [_CLAUSE.fullmatch(part) for part in text.split(",")]
    if not all(found):
        return None
    return Clauses(
        ecosystem,
        tuple(Clause(each["operator"], each["version"], each["star"] is not None) for each in found if each),
    )


def _public(version: str) -> str:
    return version.partition("+")[0]
