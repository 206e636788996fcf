"""``wheels build``: the wheels of an environment for every combination of versions, in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.json.wheels import build_document
from interlock.cli.listener import showing_progress
from interlock.cli.tables import table_of
from interlock.core.counting import counted
from interlock.core.durations import duration_text
from interlock.project.farm.results import farm
from interlock.project.opening import open_project

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output
    from interlock.project.farm.results import Farm, Row


def run(args: argparse.Namespace, output: Output) -> int:
    """Build all combinations, and say what became of each."""
    # Of `--matrix torch=2.6 flash-attn`, argparse takes the last word for one of the matrix.
    matrix = [word for word in args.matrix if "=" in word]
    names = [*args.name, *(word for word in args.matrix if "=" not in word)]
    with showing_progress(output) as listener:
        project = open_project(args.manifest_path, folder=args.folder, listener=listener)
        found = farm(project, args.environment, matrix, names, dry_run=args.dry_run)
    if output.json:
        output.verdict(
            build_document(args.environment, found, dry_run=args.dry_run, ran=output.ran),
            found.failures,
            int(found.exit_code),
        )
    table = table_of("package", "version", "combination", "result")
    for row in found.rows:
        combination = ", ".join(f"{axis} {version}" for axis, version in row.combination)
        table.add_row(row.name or "", row.version or "", combination, _result(row))
    output.show(table)
    output.line(_summary(found, dry_run=args.dry_run))
    if args.verbose:
        output.findings(found.failures)
    return int(found.exit_code)


def _result(row: Row) -> str:
    took = "" if row.seconds is None else duration_text(row.seconds)
    match row.status:
        case "built":
            return f"built in {took}"
        case "stored":
            return "in the store"
        case "prebuilt":
            return "prebuilt by others"
        case "planned":
            return f"to build, about {took}" if took else "to build"
        case "shared":
            return "the same build"
        case "nothing":
            return "nothing to build"
        case "failed":
            return f"failed: {_why(row)}"
        case "unsolvable":
            return f"no solution: {_why(row)}"


def _why(row: Row) -> str:
    return f"{row.why} ({row.failure[0].code})" + (f"; log {row.log}" if row.log else "")


def _summary(found: Farm, *, dry_run: bool) -> str:
    parts = [
        (found.count("built"), "built"),
        (found.count("stored"), "in the store"),
        (found.count("prebuilt"), "prebuilt"),
        (found.count("planned"), "to build"),
        (found.count("shared"), "of the same builds"),
        (found.count("failed"), "failed"),
        (found.count("unsolvable"), "without a solution"),
    ]
    told = ", ".join(f"{number} {what}" for number, what in parts if number)
    size = f"{counted(found.combinations, 'combination')}, {counted(found.builds, 'different build')}"
    text = f"{size}: {told or 'nothing'}"
    known = [row.seconds for row in found.rows if row.status == "planned" and row.seconds is not None]
    if dry_run and known:
        text += f"; about {duration_text(sum(known))} for {len(known)} of them, one after the other"
    return text
