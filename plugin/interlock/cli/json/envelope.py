"""The common part of every document: the command, whether it succeeded, and the findings."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from interlock_hooks.types import CodeStarted, Finding


def answer_document(command: str, data: Mapping[str, Any], findings: Iterable[Finding]) -> dict[str, Any]:
    """The result of a command that did what it was asked for."""
    return {"command": command, "ok": True, **data, "findings": _told(findings)}


def verdict_document(
    command: str, data: Mapping[str, Any], findings: Iterable[Finding], exit_code: int
) -> dict[str, Any]:
    """The result of a command whose findings are the answer, bad news included."""
    return {
        "command": command,
        "ok": not exit_code,
        "exit_code": int(exit_code),
        **data,
        "findings": _told(findings),
    }


def failure_document(
    command: str, findings: Iterable[Finding], exit_code: int, ran: Sequence[CodeStarted] = ()
) -> dict[str, Any]:
    """Why there is no result, and whose code ran before that showed."""
    document = {"command": command, "ok": False, "exit_code": int(exit_code), "findings": _told(findings)}
    if ran:
        from interlock.cli.json.ran import ran_document

        document["ran"] = ran_document(ran)
    return document


def _told(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    told = [finding.as_dict() for finding in findings]
    if told:
        # Imported here: an install that finds nothing to do has nothing to tell.
        from interlock.cli.discreet import discreet_document

        return [discreet_document(each) for each in told]
    return told
