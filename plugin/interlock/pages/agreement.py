"""Versions that have to fit each other, side by side: who works with which, and whether they agree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from interlock.core.counting import counted
from interlock.pages.document import text
from interlock.pages.tables import told
from interlock_hooks.types import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interlock_hooks.types import InfoSection, KnownVersion

_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said of some versions: in two words with a note, as a sentence, and whether it is good news."""

    value: str
    note: str
    sentence: str
    kind: Literal["good", "bad", "open"]


def comparable(section: InfoSection) -> bool:
    """Whether there is anything to compare."""
    return len(section.versions) >= _FEWEST or bool(section.findings)


def verdict(section: InfoSection) -> Verdict:
    """What the plugin found, in the light of the versions: that it found nothing does not mean that they are equal."""
    columns, common = _columns(section.versions), agreed(section.versions)
    known = common[-1] if common else f"{columns[0]} to {columns[-1]}" if columns else ""
    if section.findings is None:
        return Verdict(known, "not checked", "Whether they fit was not checked.", "open")
    problems = sum(finding.severity is not Severity.NOTE for finding in section.findings)
    if problems:
        number = counted(problems, "contradiction")
        return Verdict(number, "in the lock and on this machine", f"{number} found.", "bad")
    if not common:
        sentence = "No version suits all of them. The checks found no contradiction in that."
        return Verdict(known, "different versions", sentence, "open")
    sentence = f"No contradiction in the lock. {known} suits all of them."
    return Verdict(known, "no contradiction in the lock", sentence, "good")


def chart(section: InfoSection) -> str:
    """One column for each version and one row for each who knows it, so that agreement is a straight line."""
    columns, common = _columns(section.versions), agreed(section.versions)
    head = "".join(f'<th scope="col"{_css("v", agreed=each in common)}>{text(each)}</th>' for each in columns)
    rows = "\n".join(_row(known, columns, common) for known in section.versions)
    found = verdict(section)
    notes = "\n".join(told(finding) for finding in section.findings or ())
    return (
        f'<p><strong class="{found.kind}">{text(found.sentence)}</strong> <span class="faint">{_LIMITS}</span></p>\n'
        f'<div class="wide"><table class="chart"><thead><tr><th scope="col">Who</th>{head}</tr></thead>\n'
        f'<tbody>\n{rows}\n</tbody></table></div>\n<p class="faint">{_KEY}</p>\n{notes}'
    )


# What is said of the lock is not said of what a build would find.
_LIMITS = (
    "This is read from the lock and this machine. Sources of packages were not fetched to look into them, and nothing "
    "was asked of the network."
)
_KEY = "A dot is the version that is known, a line what else works with it: older releases, or all of a major version."


def agreed(versions: Sequence[KnownVersion]) -> tuple[str, ...]:
    """The versions that everyone works with, the oldest first."""
    columns = _columns(versions)
    return tuple(column for column in columns if all(_suits(known, column) for known in versions))


def _columns(versions: Sequence[KnownVersion]) -> list[str]:
    """The versions that are known; ``12`` only where nobody says which release of 12."""
    known = {each.version for each in versions}
    exact = [each for each in known if not any(_more_exact(other, each) for other in known)]
    return sorted(exact, key=lambda version: (_release(version), version))


def _row(known: KnownVersion, columns: Sequence[str], common: Sequence[str]) -> str:
    cells = []
    for column in columns:
        is_agreed = column in common
        if column == known.version:
            mark = f'<span class="mark" role="img" aria-label="{text(column)}"></span>'
            cells.append(f"<td{_css('v', agreed=is_agreed, over=known.up_to, last=known.up_to)}>{mark}</td>")
        elif _suits(known, column):
            cells.append(
                f'<td{_css("v", agreed=is_agreed, over=True)}><span role="img" aria-label="works with {text(column)}">'
                "</span></td>"
            )
        else:
            cells.append(f"<td{_css('v', agreed=is_agreed)}></td>")
    evidence = f' <span class="faint">{text(known.evidence)}</span>' if known.evidence else ""
    return f'<tr><th scope="row">{text(known.who)}{evidence}</th>{"".join(cells)}</tr>'


def _suits(known: KnownVersion, version: str) -> bool:
    """Whether who knows a version works with another one, as far as the numbers tell."""
    own, other = _release(known.version), _release(version)
    if not own or not other:
        return known.version == version
    return other[: len(own)] == own or (known.up_to and other < own)


def _more_exact(version: str, than: str) -> bool:
    own, other = _release(version), _release(than)
    return bool(other) and len(own) > len(other) and own[: len(other)] == other


def _release(version: str) -> tuple[int, ...]:
    """The numbers of a release; of anything else none."""
    found = re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,9})*", version)
    return tuple(map(int, version.split("."))) if found else ()


def _css(name: str, **conditions: bool) -> str:
    return f' class="{" ".join((name, *(word for word, holds in conditions.items() if holds)))}"'
