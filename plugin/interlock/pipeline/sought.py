"""Answers of build backends that looked in vain for what a conflict is about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from interlock.pipeline.findings import answered_without
from interlock.resolve.joint.search import refusal_in
from interlock.resolve.uv.errors import is_named

if TYPE_CHECKING:
    from interlock_hooks.types import EnvironmentRequest, Finding, InterlockError


def answers_without(error: InterlockError, request: EnvironmentRequest) -> Iterator[Finding]:
    """A note for each backend that looked for a package which the request's conflict names, and that was not there.

    ``error`` is that with which solving ended. A setup.py that chooses requirements by the torch that it finds assumes
    some other one, unless its build sees the environment's.
    """
    refusal = refusal_in(error)
    if refusal is None:
        return
    finding = refusal.findings[0]
    said = "\n".join([finding.why, *finding.details])
    for answer in refusal.known.metadata:
        if answer.origin == "backend" and is_named(answer.name, said):
            for sought in (name for name in answer.sought if is_named(name, said)):
                yield answered_without(answer, sought, request.build.package(answer.name))
