"""The document of ``schema``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from interlock.cli.documents.others import SchemaOf


def schema_document(name: str, schema: Mapping[str, Any]) -> SchemaOf:
    """The schema, and what it is of."""
    return {"name": name, "schema": dict(schema)}
