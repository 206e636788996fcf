"""What was built from source: against what, with what, and how long it took."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from interlock.core.durations import duration_text
from interlock.pages.document import text
from interlock_hooks.types import BuildMode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from interlock.project.overview import Built

_MODES = {
    BuildMode.ISOLATED: "isolated build",
    BuildMode.MATCHED: "matched build",
    BuildMode.NO_ISOLATION: "build without isolation",
}


def builds(found: Sequence[Built], prefix: str) -> str:
    """A card for each package that is built from source; ``prefix`` is where its environment is or would be."""
    cards = "\n".join(f'<article class="card">{"".join(_card(each, prefix))}</article>' for each in found)
    return f'<h2>Built from source</h2>\n<div class="cards">\n{cards}\n</div>'


def _card(build: Built, prefix: str) -> Iterator[str]:
    yield f"<h3>{text(build.name)} {text(build.version)}</h3>"
    if build.prebuilt:
        yield '<p class="faint">not built: a prebuilt wheel fits</p>'
        return
    took = "" if build.seconds is None else f", {duration_text(build.seconds)}"
    stored = ", wheel from the store" if build.from_store else ""
    yield f'<p class="faint">{_MODES[build.mode]}{took}{stored}</p>'
    yield from _labelled(*_against(build))
    if build.programs:
        yield from _labelled("runs, as its source shows", text(", ".join(build.programs)))
    if build.tools:
        yield from _labelled("with, for the build alone", text(", ".join(build.tools)))
    if build.compilers:
        found = ", ".join(f"{program} ({_place(path, prefix)})" for program, path in build.compilers)
        yield from _labelled("compilers that it found", text(found))


def _against(build: Built) -> tuple[str, str]:
    """A label, and what the build used of the environment, or will see of it."""
    chips = "".join(f'<li class="{kind}">{text(name)}</li>' for name, kind in build.against)
    if chips:
        return "built against" if build.seen else "to be built against", f'<ul class="chips">{chips}</ul>'
    if build.seen:
        return "built against", "the interpreter alone"
    return "not built yet", "What its build will use of the environment is not known."


def _labelled(label: str, content: str) -> Iterator[str]:
    yield f'<p class="label">{label}</p><div>{content}</div>'


def _place(path: str, prefix: str) -> str:
    return "of the environment" if Path(path).is_relative_to(prefix) else path
