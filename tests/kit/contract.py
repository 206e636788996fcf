"""What every run of the command line has to keep to, whatever it is a test of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from interlock.cli.documents.commands import DOCUMENTS
from interlock.cli.documents.json_schema import document_schema
from interlock.cli.exit_codes import OF_PROGRAMS, exit_codes


def check_exit_code(args: Sequence[str], code: int) -> None:
    """Fail if a command had an exit code that its reference does not name; a signal is not one."""
    command = next((" ".join(args[:count]) for count in (2, 1) if " ".join(args[:count]) in DOCUMENTS), None)
    if command is not None and command not in OF_PROGRAMS and code >= 0:
        assert code in exit_codes(command), f"{' '.join(args)}: exit code {code}: name it in cli/exit_codes.py"


def check_output(args: Sequence[str], out: str) -> None:
    """Fail if the document that a command printed for ``--json`` is not what its schema says."""
    options = args[: args.index("--")] if "--" in args else args
    if "--json" not in options or not out.strip():
        return
    document: dict[str, Any] = json.loads(out)
    if document["command"] in ("", "env", "channel", "plugins", "cache"):
        # The command line names no command.
        assert document["ok"] is False
        return
    error = best_match(_validator(document["command"]).iter_errors(document))
    assert error is None, f"{' '.join(args)}: {error.json_path}: {error.message}\nchange its type in cli/documents/"


@cache
def _validator(command: str) -> Draft202012Validator:
    assert command in DOCUMENTS, f"cli/documents/commands.py does not have {command!r}"
    return Draft202012Validator(document_schema(command, strict=True))
