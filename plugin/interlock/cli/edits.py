"""How an edit of the manifest looks in a terminal, and what every command that edits does with it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.text import Text

from interlock.cli.graphs import render_change, render_change_title
from interlock.cli.json.install import environment_report, install_document
from interlock.cli.listener import showing_progress
from interlock.cli.render import render_summary
from interlock.project.findings.edits import edited_all_the_same
from interlock.project.installing import install
from interlock.project.opening import open_project
from interlock.project.written_edits import write
from interlock_hooks.types import Finding, InterlockError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import RenderableType

    from interlock.cli.documents.install import EnvInstall
    from interlock.cli.listener import Listener
    from interlock.cli.output import Output
    from interlock.project.ecosystems import Choice
    from interlock.project.installing import InstallOutcome
    from interlock.project.opening import Project
    from interlock.project.solved_edits import Edit, Written
    from interlock_hooks.types import CodeStarted


@dataclass(frozen=True, slots=True)
class Done:
    """An edit and what became of it; ``report`` is that of the install, ``None`` if nothing was installed."""

    edit: Edit
    changed: bool
    report: EnvInstall | None
    findings: tuple[Finding, ...]


def run_edit(
    args: argparse.Namespace, output: Output, make: Callable[[Project], Edit], *, environment: str | None
) -> Done:
    """Make an edit of the project, write and install it as far as the options want that, and show what changed.

    ``environment`` is the one to install, ``None`` for the one that the edit counts for.
    """
    with showing_progress(output) as listener:
        edit = make(open_project(args.manifest_path, folder=args.folder, listener=listener))
        return _carried_out(edit, environment, args, output, listener)


def _carried_out(
    edit: Edit, environment: str | None, args: argparse.Namespace, output: Output, listener: Listener
) -> Done:
    if environment:
        # Before anything is written for an environment that there is not.
        edit.require(environment)
    changed = edit.has_changes if args.dry_run else write(edit)
    output.show(*render_edit(edit, complete=output.verbose > 0))
    name = environment or edit.environment
    solved = len(output.ran)
    installed = None if name is None or args.dry_run or args.no_install else _install(edit, name, args.folder, listener)
    # Those of the edit are told when an install begins, which can take long.
    findings = installed.findings if installed else edit.findings
    output.findings(findings)
    seconds = time.monotonic() - args.started
    _tell_end(installed, output, seconds, dry_run=args.dry_run)
    return Done(edit, changed, _report(installed, seconds, output.ran[solved:]), findings)


def _tell_end(installed: InstallOutcome | None, output: Output, seconds: float, *, dry_run: bool) -> None:
    if dry_run:
        output.line("nothing was written (--dry-run)")
    elif installed is None:
        output.line("nothing was installed; `interlock env install` does that")
    elif installed.changed:
        environment = installed.environment
        output.show(render_summary(environment.locked, environment.built, str(environment.prefix), seconds))
    else:
        output.line(f"environment {installed.environment.locked.name} is up to date")


def render_edit(edit: Edit, *, complete: bool) -> Iterator[RenderableType]:
    """What was added and why from there, the lines that were written, and how each environment changes."""
    for choice in edit.choices:
        yield _choice_line(choice, edit)
    yield from map(_written_line, edit.written)
    if edit.choices and not edit.written:
        yield Text(f"{edit.before.path.name} says that already", style="dim")
    changed = [each for each in edit.comparison.environments if each.changes or each.state != "kept"]
    for each in changed:
        yield render_change_title(each)
        yield from (render_change(change, complete=complete) for change in each.changes)
    if not edit.choices and not edit.written and not changed:
        yield Text("no version changes", style="dim")


def _choice_line(choice: Choice, edit: Edit) -> Text:
    dependency = choice.dependency
    version = f" {dependency.version}" if dependency.version else ""
    ecosystem = "conda" if dependency.ecosystem == "conda" else "PyPI"
    line = Text.assemble((dependency.name, "bold"), f"{version} from {ecosystem}")
    if choice.why:
        line.append(f": {choice.why}")
    plans = [plan for answer in edit.lock.answers for plan in answer.plans]
    plan = next((plan for plan in plans if dependency.ecosystem == "pypi" and plan.name == dependency.name), None)
    if plan is not None and plan.prebuilt:
        line.append("; a prebuilt wheel of it fits")
    elif plan is not None:
        matched = [entry.requirement for entry in plan.requirements if entry.match_runtime]
        against = f" against {', '.join(dict.fromkeys(matched))}" if matched else ""
        line.append(f"; built from source ({plan.mode.value}{against})")
    return line


def _written_line(written: Written) -> Text:
    sign, style = ("-", "red") if written.new is None else ("+", "green") if written.old is None else ("~", "cyan")
    values = " → ".join(_shown(each) for each in (written.old, written.new) if each is not None)
    line = Text.assemble(f"  {sign} ", values, style=style)
    return line.append(f"  {written.where}", style="dim")


def _install(edit: Edit, name: str, folder: str, listener: Listener) -> InstallOutcome:
    project = open_project(str(edit.before.path), folder=folder, listener=listener)
    try:
        return install(project, name, report=environment_report, told=edit.findings)
    except InterlockError as error:
        files = [*(each.name for each in edit.changed), edit.project.layout.lock_file.name]
        raise InterlockError(*error.findings, edited_all_the_same(files)) from error


def _report(installed: InstallOutcome | None, seconds: float, ran: Sequence[CodeStarted]) -> EnvInstall | None:
    if installed is None:
        return None
    report = environment_report(installed.environment)
    return install_document(report, changed=installed.changed, relocked=installed.relocked, seconds=seconds, ran=ran)


def _shown(value: Any) -> str:
    """A value of a manifest, as text that people can read."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
