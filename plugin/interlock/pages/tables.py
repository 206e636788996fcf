"""Tables, and the sentences of findings, as every page writes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from interlock.pages.document import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from interlock_hooks.types import Finding

_CODE = re.compile(r"`([^`]+)`")


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, css: str = "") -> str:
    """A table of cells that are HTML, the first of a row being its heading; ``#`` marks columns of numbers."""
    numbers = [title.startswith("#") for title in head]
    titles = "".join(
        f'<th scope="col"{_number(number)}>{text(title.removeprefix("#"))}</th>'
        for title, number in zip(head, numbers, strict=True)
    )
    body = "\n".join(
        f'<tr><th scope="row">{row[0]}</th>'
        + "".join(f"<td{_number(number)}>{cell}</td>" for cell, number in zip(row[1:], numbers[1:], strict=True))
        + "</tr>"
        for row in rows
    )
    kind = f' class="{css}"' if css else ""
    return f'<div class="wide"><table{kind}><thead><tr>{titles}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>'


def told(finding: Finding) -> str:
    """A finding in full: what, why, what to change, and where."""
    facts = (("why", finding.why), ("where", finding.where), ("fix", finding.fix))
    more = "".join(f'<p><span class="faint">{label}</span> {_with_code(fact)}</p>' for label, fact in facts if fact)
    severity = finding.severity.value
    head = f'<span class="code">{severity} {text(finding.code)}</span> {_with_code(finding.what)}'
    return f'<div class="finding {severity}"><p><strong>{head}</strong></p>{more}</div>'


def _with_code(words: object) -> str:
    return _CODE.sub(r"<code>\1</code>", text(words))


def _number(is_number: bool) -> str:
    return ' class="number"' if is_number else ""
