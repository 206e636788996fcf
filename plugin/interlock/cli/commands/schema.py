"""``schema``: the JSON Schema of a manifest, or of what a command prints with ``--json``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from interlock.cli.documents.json_schema import document_schema
from interlock.cli.json.schema import schema_document
from interlock.project.schemas import MANIFEST_SCHEMAS

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Print the schema; it is not a message, and --quiet does not silence it."""
    made = MANIFEST_SCHEMAS.get(args.schema)
    schema = document_schema(args.schema) if made is None else made()
    output.document(schema_document(args.schema, schema))
    if not output.json:
        output.script(json.dumps(schema, indent=2, ensure_ascii=False) + "\n")
    return 0
