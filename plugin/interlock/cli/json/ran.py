"""Whose code ran, as a part of documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from interlock.cli.documents.shared import CodeRun
    from interlock_hooks.types import CodeStarted


def ran_document(ran: Iterable[CodeStarted]) -> list[CodeRun]:
    """What ran, each once, in the order in which it began."""
    return [
        {
            "kind": each.kind,
            "name": each.name,
            "version": each.version,
            "step": each.step,
            "source": each.source or None,
            "entry": each.entry or None,
            "why": each.why or None,
        }
        for each in dict.fromkeys(ran)
    ]
