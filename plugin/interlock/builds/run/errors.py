"""Failures of a build that another attempt with a better plan can repair."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from interlock_hooks.types import Finding, InterlockError

if TYPE_CHECKING:
    from interlock.builds.run.lacking import Lacking
    from interlock.builds.run.trace import Missing


class BackendFailedError(InterlockError):
    """A build backend ended with an error, or had to be ended."""


class BuildFailedError(BackendFailedError):
    """A build backend failed in a way that may be repaired.

    ``lacking`` is what the log says was not there; ``missing`` are all modules that the project's own files looked for
    and did not find, in that order.
    """

    def __init__(self, finding: Finding, *, lacking: Lacking, missing: tuple[Missing, ...] = ()) -> None:
        super().__init__(finding)
        self.lacking = lacking
        self.missing = missing

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions cross process boundaries when builds run elsewhere; keyword arguments would be lost.
        return _build_failed, (self.findings[0], self.lacking, self.missing)


class RequirementsUnmetError(InterlockError):
    """The backend asks for requirements (``get_requires_for_build_wheel``) that the plan does not hold."""

    def __init__(self, finding: Finding, requirements: tuple[str, ...]) -> None:
        super().__init__(finding)
        self.requirements = requirements

    def __reduce__(self) -> tuple[Any, ...]:
        return RequirementsUnmetError, (self.findings[0], self.requirements)


class PostponedError(Exception):
    """A task has found out that it needs what others make, which is not made yet: ``task`` comes after them."""

    def __init__(self, task: Any) -> None:
        super().__init__(task.name)
        self.task = task


def _build_failed(finding: Finding, lacking: Lacking, missing: tuple[Missing, ...]) -> BuildFailedError:
    return BuildFailedError(finding, lacking=lacking, missing=missing)
