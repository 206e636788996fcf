"""Joining and negating environment markers (PEP 508) as text.

uv lets each of several sources of a package hold under a marker; where none of them holds, the package comes from its
usual place. That remainder needs the negation, for which packaging has no operation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_TOKEN = re.compile(r"\s*(\(|\)|'[^']*'|\"[^\"]*\"|[\w.]+|[<>=!~]+)")
_OPPOSITE = {
    "==": "!=",
    "!=": "==",
    "<": ">=",
    ">=": "<",
    ">": "<=",
    "<=": ">",
    "in": "not in",
    "not in": "in",
    "===": "!=",
}
# ``~= '3.11'`` means ``>= '3.11'`` and ``== '3.*'`` (PEP 440).
_COMPATIBLE = re.compile(r"['\"](?P<family>\d+(\.\d+)*)\.\d+['\"]")


def both(first: str | None, second: str | None) -> str | None:
    """A marker that holds where both do."""
    if first and second:
        return f"({first}) and ({second})"
    return first or second


def none_of(markers: Iterable[str]) -> str | None:
    """A marker that holds where none of the given ones does; ``None`` if one has a comparison without an opposite."""
    negated = [_Negation(marker).text for marker in markers]
    if None in negated:
        return None
    return " and ".join(f"({text})" for text in negated)


class _Negation:
    """Recursive descent over a marker that packaging has accepted; De Morgan on the way."""

    def __init__(self, marker: str) -> None:
        self.tokens = _TOKEN.findall(marker)
        self.failed = False
        text = self.alternatives()
        self.text = None if self.failed else text

    def take(self, token: str) -> bool:
        if self.tokens and self.tokens[0] == token:
            del self.tokens[0]
            return True
        return False

    def alternatives(self) -> str:
        parts = [self.conjunction()]
        while self.take("or"):
            parts.append(self.conjunction())
        return " and ".join(f"({part})" for part in parts) if len(parts) > 1 else parts[0]

    def conjunction(self) -> str:
        parts = [self.comparison()]
        while self.take("and"):
            parts.append(self.comparison())
        return " or ".join(f"({part})" for part in parts) if len(parts) > 1 else parts[0]

    def comparison(self) -> str:
        if self.take("("):
            inner = self.alternatives()
            self.take(")")
            return inner
        left, operator, right = self.tokens[0], self.tokens[1], self.tokens[2]
        del self.tokens[:3]
        if operator == "not":
            operator, right = "not in", self.tokens.pop(0)
        compatible = _COMPATIBLE.fullmatch(right) if operator == "~=" else None
        if compatible:
            return f"({left} < {right} or {left} != '{compatible['family']}.*')"
        opposite = _OPPOSITE.get(operator)
        self.failed = self.failed or opposite is None
        return f"{left} {opposite} {right}"
