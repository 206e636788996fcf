"""What an environment consists of: sizes, packages, and where they come from."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from interlock.core.counting import counted
from interlock.pages.document import size_text, text
from interlock.pages.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from interlock.project.overview import Locked, Part

_KINDS = {"conda": "conda", "pypi": "PyPI", "built": "PyPI, built from source"}
_FILES = {"conda": "from conda", "pypi": "from PyPI, as wheels", "built": "from PyPI, as sources"}
_MOST_BARS = 12


def total(parts: Iterable[Part]) -> int | None:
    """The bytes to download for some packages, as far as sizes are known; ``None`` if none is."""
    known = [part.size for part in parts if part.size is not None]
    return sum(known) if known else None


def shares(parts: Sequence[Part]) -> str:
    """One bar for all that has to be downloaded, by ecosystem."""
    whole = total(parts)
    if not whole:
        return ""
    kinds = {kind: [part for part in parts if part.kind == kind] for kind in _KINDS}
    bars, legend, start = [], [], 0.0
    for kind, members in kinds.items():
        size = total(members)
        width = 100 * (size or 0) / whole
        bars.append(f'<rect class="{kind}" x="{start:.3f}" width="{width:.3f}" height="4"/>')
        start += width
        if members:
            told = f"{counted(len(members), 'package')} {_FILES[kind]}: {size_text(size) or 'of unknown size'}"
            legend.append(f'<li class="{kind}">{told}</li>')
    return f'{_svg("share", "".join(bars))}\n<ul class="legend">{"".join(legend)}</ul>'


def sizes(locked: Locked) -> str:
    """The largest downloads as bars."""
    known = sorted((part for part in locked.parts if part.size), key=lambda part: (-(part.size or 0), part.name))
    if not known:
        return ""
    largest, rest = known[0].size or 1, known[_MOST_BARS:]
    rows = [
        (
            f'{_mark(part.kind)} {text(part.name)} <span class="faint">{text(part.version)}</span>',
            _bar(part, largest),
            size_text(part.size),
        )
        for part in known[:_MOST_BARS]
    ]
    if rest:
        rows.append((f'<span class="faint">{len(rest)} more</span>', "", size_text(total(rest))))
    unknown = sum(part.size is None for part in locked.parts)
    note = f'<p class="faint">The size of {counted(unknown, "package")} is not known.</p>' if unknown else ""
    return f"<h2>Largest downloads</h2>\n{table(('Package', '', '#Size'), rows, css='bars')}{note}"


def packages(locked: Locked) -> str:
    """Every package, folded up."""
    rows = (
        (f"{_mark(part.kind)} {text(part.name)}", text(part.version), _KINDS[part.kind], size_text(part.size))
        for part in sorted(locked.parts, key=lambda part: (part.name, part.kind))
    )
    listed = table(("Package", "Version", "From", "#Size"), rows)
    return f"<details>\n<summary>List of {counted(len(locked.parts), 'package')}</summary>\n{listed}\n</details>"


def sources(locked: Locked) -> str:
    """Where the packages come from."""
    by_source: dict[str, list[Part]] = defaultdict(list)
    for part in locked.parts:
        by_source[part.source].append(part)
    rows = (
        (f"<code>{text(source)}</code>", str(len(parts)), size_text(total(parts)))
        for source, parts in sorted(by_source.items(), key=lambda item: (-(total(item[1]) or 0), item[0]))
    )
    return f"<h2>Sources</h2>\n{table(('Channel, index or address', '#Packages', '#Size'), rows)}"


def _bar(part: Part, largest: int) -> str:
    width = max(100 * (part.size or 0) / largest, 0.4)
    return _svg("bar", f'<rect class="{part.kind}" width="{width:.2f}" height="4"/>')


def _svg(css: str, shapes: str) -> str:
    return f'<svg class="{css}" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">{shapes}</svg>'


def _mark(kind: str) -> str:
    """Circles are conda's, squares PyPI's, as on the map of ``env tree``."""
    shape = '<circle cx="6" cy="6" r="4"' if kind == "conda" else '<rect x="2" y="2" width="8" height="8"'
    return (
        f'<svg class="key" width="12" height="12" role="img" aria-label="{_KINDS[kind]}">{shape} class="{kind}"/></svg>'
    )
