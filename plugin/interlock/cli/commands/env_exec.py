"""``env exec``: a program in a throw-away environment."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.cli.findings import no_program, no_spec
from interlock.cli.json.environment import exec_document
from interlock.cli.ready import ready_variables
from interlock.core.names import DEFAULT_FOLDER
from interlock.project.findings.environments import unknown_tool
from interlock.project.running import run_program
from interlock.project.throwaway import Wanted, guessed_spec, throwaway_manifest
from interlock_hooks.types import InterlockError, Location

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output
    from interlock_hooks.types import Finding

_COMMAND_LINE = Location(file="the command line")


def run(args: argparse.Namespace, output: Output) -> int:
    """Install what is asked for unless that is there, then become the program, or with ``--json`` wait for it."""
    command = args.program[1:] if args.program[:1] == ["--"] else args.program
    if not command:
        raise InterlockError(no_program("env exec"))
    manifest = throwaway_manifest(_wanted(args, command[0]), anew=args.force_reinstall)
    args.manifest_path, args.folder = str(manifest), DEFAULT_FOLDER
    try:
        variables = ready_variables(args, output, os.environ)
    except InterlockError as error:
        raise InterlockError(*(_without_place(finding, args.manifest_path) for finding in error.findings)) from error
    name = args.environment
    output.hand_over()
    status = run_program(name, command, os.environ, variables, wait=output.json, unknown=unknown_tool)
    output.document(exec_document(Path(variables["CONDA_PREFIX"]), command, status))
    return status


def _without_place(finding: Finding, manifest: str) -> Finding:
    """A finding that does not lead to a file which nobody has written."""

    def placed(where: Location | None, other: Location | None = None) -> Location | None:
        return other if where and where.file == manifest else where

    return replace(
        finding,
        where=placed(finding.where),
        derivation=tuple(replace(step, where=placed(step.where)) for step in finding.derivation),
        edits=tuple(replace(edit, where=placed(edit.where, _COMMAND_LINE)) for edit in finding.edits),
    )


def _wanted(args: argparse.Namespace, program: str) -> Wanted:
    specs = tuple(args.specs)
    if not specs and not args.pypi:
        guess = guessed_spec(program)
        if guess is None:
            raise InterlockError(no_spec(program))
        specs = (guess,)
    return Wanted(specs, tuple(args.pypi), tuple(args.channel), args.index_url)
