"""Requirements of a request that uv cannot parse, and why.

uv does not say so of a ``pyproject.toml``: there it takes a requirement that it cannot read for one that only the
project's build backend understands. Of a file with requirements it does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.scratch import temporary_directory
from interlock.engines.uv import uv
from interlock.resolve.uv.findings import unreadable_requirement
from interlock.resolve.uv.log import messages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from interlock_hooks.types import Finding, PyPIRequest, Requirement

_UNREAD = "Couldn't parse requirement"
_CAUSE = "cause: "


def unreadable_requirements(request: PyPIRequest) -> list[Finding]:
    """IL301 for each requirement that uv cannot read, with the reason that it gives."""
    return [unreadable_requirement(each, why) for each in request.requirements for why in _reasons(each)]


def _reasons(requirement: Requirement) -> Iterator[str]:
    with temporary_directory() as folder:
        (folder / "requirements.txt").write_text(f"{requirement.text}\n", encoding="utf-8")
        done = uv(["pip", "compile", "--no-index", "--offline", "--no-deps", "requirements.txt"], cwd=folder)
    lines = messages(done.stderr)
    if done.returncode and any(_UNREAD in line for line in lines):
        causes = [line.strip().removeprefix(_CAUSE) for line in lines if line.strip().startswith(_CAUSE)]
        yield causes[0] if causes else "uv gave no reason"
