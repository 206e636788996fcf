"""Findings without the passwords and tokens in their addresses, whoever made them: the last step before they are shown.

Whatever makes a finding should leave them out already. But engines and plugins put addresses into their words, and
those of a manifest are quoted in many places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from interlock.core.shapes import with_texts
from interlock.core.urls import discreet

if TYPE_CHECKING:
    from interlock_hooks.types import Finding


def discreet_finding(finding: Finding) -> Finding:
    """The finding, with stars for what is secret in any of its texts."""
    shown: Finding = with_texts(finding, discreet)
    return shown


def discreet_document(document: dict[str, Any]) -> dict[str, Any]:
    """The same for what is printed as JSON."""
    shown: dict[str, Any] = with_texts(document, discreet)
    return shown
