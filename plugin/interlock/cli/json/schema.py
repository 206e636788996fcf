"""The document of ``schema``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def schema_document(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema, and what it is of."""
    return {"name": name, "schema": dict(schema)}
