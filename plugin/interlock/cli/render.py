"""How findings and results look in a terminal."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from interlock.cli.labelled import Labelled
from interlock.core.counting import counted
from interlock.core.durations import duration_text
from interlock.core.shapes import with_texts
from interlock.project.built_against import built_against
from interlock_hooks.types import BuildMode, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from interlock_hooks.types import BuiltWheel, DerivationStep, Edit, Finding, Location, LockedEnvironment

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: "bold cyan"}
_MODES = {
    BuildMode.ISOLATED: "isolated",
    BuildMode.MATCHED: "matched",
    BuildMode.NO_ISOLATION: "no isolation",
}
# The packages that a reader looks for first; others are counted.
_HEADLINE = ("python", "cuda-toolkit", "cuda-nvcc", "cuda-version", "cuda-cudart", "gcc", "gxx", "numpy", "pytorch")
_MOST_NAMED = 6
# With these a text that somebody else wrote could command the terminal; rich leaves the others out.
_COMMANDS = re.compile(r"[\x1b\x80-\x9f]")


def render_finding(finding: Finding, *, verbose: bool = False) -> RenderableType:
    """A finding as lines: what and code, then why, where, derivation, details, log, and what to change.

    Where there is a derivation, details are the words of an engine about the same, shown only to the ``verbose``.
    """
    finding = with_texts(finding, partial(_COMMANDS.sub, "?"))
    style = _STYLES[finding.severity]
    title = Text.assemble((f"{finding.severity.value}[{finding.code}]", style), ": ", (finding.what, "bold"))
    labelled = (
        ("why", Text(finding.why)),
        ("where", Text("" if finding.where is None else str(finding.where))),
        ("since", Text("\n".join(map(_step_line, finding.derivation)))),
        ("", Text("" if finding.derivation and not verbose else "\n".join(finding.details), style="dim")),
        ("log", Text(finding.log or "")),
        ("fix", Text(finding.fix, style="green")),
        ("", Text("\n".join(map(_edit_line, finding.edits)), style="green")),
    )
    return Group(title, *(Labelled(label, text) for label, text in labelled if text))


def _step_line(step: DerivationStep) -> str:
    side = "" if step.side == "both" else step.side
    return f"{side:<6}  {step.text}{_place(step.where)}"


def _edit_line(edit: Edit) -> str:
    old = f"{edit.old}  →  " if edit.old and edit.new else edit.old
    return f"{old}{edit.new}{f', {edit.note}' if edit.note else ''}{_place(edit.where)}"


def _place(where: Location | None) -> str:
    return "" if where is None else f"  ({where.file}{'' if where.line is None else f':{where.line}'})"


def render_summary(
    locked: LockedEnvironment, built: Sequence[BuiltWheel], prefix: str, seconds: float
) -> RenderableType:
    """What an install brought: from conda, from PyPI, and what was built how, against what, in which time."""
    title = Text.assemble(
        ("✓ ", "bold green"), "environment ", (locked.name, "bold"), f" ready in {duration_text(seconds)}"
    )
    return Group(title, *_summary_rows(locked, built, prefix))


def _summary_rows(locked: LockedEnvironment, built: Sequence[BuiltWheel], prefix: str) -> Iterator[Labelled]:
    records = locked.conda.records
    order = {name: place for place, name in enumerate(_HEADLINE)}
    headline = sorted((record for record in records if record.name in order), key=lambda record: order[record.name])
    yield Labelled("conda", _counted([f"{record.name} {record.version}" for record in headline], len(records)))
    wheels = [str(package) for package in locked.resolution.packages if not package.needs_build]
    yield Labelled("PyPI", _counted(wheels[:_MOST_NAMED], len(wheels)))
    label = "built"
    for wheel in sorted(built, key=lambda wheel: wheel.name):
        yield Labelled(label, _built_line(locked, wheel))
        label = ""
    for compiler in sorted({_cuda_compiler(locked, wheel, prefix) for wheel in built} - {""}):
        yield Labelled("nvcc", Text(compiler))
    yield Labelled("prefix", Text(prefix))


def _counted(shown: Sequence[str], total: int) -> Text:
    if total == 0:
        return Text("nothing", style="dim")
    rest = total - len(shown)
    more = f"{rest} more" if shown else counted(rest, "package")
    text = Text(", ".join(shown))
    return text.append(f"{', ' if shown else ''}{more}", style="dim") if rest else text


def _built_line(locked: LockedEnvironment, wheel: BuiltWheel) -> Text:
    if wheel.prebuilt:
        return Text.assemble((wheel.name, "bold"), f" {wheel.version}, not built: {prebuilt_name(wheel)} fits")
    text = Text.assemble((wheel.name, "bold"), f" {wheel.version}, {_MODES[wheel.mode]}")
    if against := list(built_against(locked, wheel.name, wheel.imports)):
        text.append(f", against {', '.join(f'{entry.name} {entry.version}' for entry in against)}")
    return text.append(
        ", from the wheel store" if wheel.from_store else f", {duration_text(wheel.seconds)}", style="dim"
    )


def prebuilt_name(wheel: BuiltWheel) -> str:
    """The name under which a prebuilt wheel is offered."""
    return (wheel.source and wheel.source.filename) or wheel.path.name


def _cuda_compiler(locked: LockedEnvironment, wheel: BuiltWheel, prefix: str) -> str:
    """The CUDA compiler that the build of a wheel with compiled code found, or nothing."""
    nvcc = dict(wheel.toolchain).get("nvcc")
    if nvcc is None or wheel.path.name.endswith("-any.whl"):
        return ""
    record = locked.conda.get("cuda-nvcc")
    # A stored wheel names the nvcc of another environment, which came from the same package: the store's key says so.
    own = record is not None and (wheel.from_store or Path(nvcc).is_relative_to(prefix))
    return f"{record.version}, of the environment" if own and record else nvcc
