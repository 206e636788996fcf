"""What a farm does, or would do, of each wheel of each combination."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from interlock.project.farm.building import build_farm
from interlock.project.farm.builds import builds_of, expected
from interlock.project.farm.planning import plan_farm
from interlock_hooks.types import ExitCode, InterlockError

if TYPE_CHECKING:
    from interlock.project.farm.building import Outcome
    from interlock.project.farm.builds import Expected
    from interlock.project.farm.planning import Planned
    from interlock.project.opening import Project
    from interlock_hooks.types import BuiltWheel, Finding

# Before it is built, `planned` and `shared`: by the build of another combination. `nothing` is what a combination has
# of which the index has all wheels.
Status = Literal["built", "stored", "prebuilt", "failed", "unsolvable", "nothing", "planned", "shared"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One wheel of one combination, by axis; without ``name`` it is about the combination as a whole.

    ``seconds`` is how long the build took, or will probably take. ``failure`` has at least one finding if there is no
    wheel.
    """

    combination: tuple[tuple[str, str], ...]
    status: Status
    name: str | None = None
    version: str | None = None
    seconds: float | None = None
    wheel: BuiltWheel | None = None
    failure: tuple[Finding, ...] = ()

    @property
    def why(self) -> str | None:
        """Why there is no wheel, in a line: what happened, and the compiler's first error if there is one."""
        if not self.failure:
            return None
        first = self.failure[0]
        said = first.details[:1] if self.status == "failed" and first.details else (first.why,)
        return ": ".join(filter(None, (first.what, *said)))

    @property
    def log(self) -> str | None:
        """The path of the log of the build, or of the one that failed."""
        made = self.wheel.log if self.wheel else None
        return str(made) if made else next((each.log for each in self.failure if each.log), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Farm:
    """The rows of a farm, in the order of its combinations, and how many different builds these are."""

    combinations: int
    builds: int
    rows: tuple[Row, ...]

    def count(self, *statuses: Status) -> int:
        """How many rows have one of these."""
        return sum(row.status in statuses for row in self.rows)

    @property
    def failures(self) -> tuple[Finding, ...]:
        """Each different reason why there is no wheel, those of builds first."""
        rows = sorted(self.rows, key=lambda row: row.status != "failed")
        return tuple(dict.fromkeys(finding for row in rows for finding in row.failure))

    @property
    def exit_code(self) -> ExitCode:
        """That of the first failure."""
        return InterlockError(*self.failures).exit_code if self.failures else ExitCode.DONE


def farm(project: Project, environment: str, matrix: Sequence[str], only: Sequence[str], *, dry_run: bool) -> Farm:
    """Build the wheels of an environment for every combination of a matrix, or only find out which these are.

    They are put into the wheel store. Nothing that fails is raised but what stops everything; see :func:`plan_farm`.
    """
    planned = plan_farm(project, environment, matrix, only)
    builds = builds_of(project, planned)
    if dry_run or not builds:
        wheels = [row for each in expected(project, planned, builds) for row in _expected(planned, each)]
    else:
        wheels = [(each.member.number, _made(planned, each)) for each in build_farm(project, planned, builds)]
    rows = sorted([*wheels, *_without_wheels(planned)], key=lambda row: (row[0], row[1].name or ""))
    return Farm(combinations=len(planned), builds=len(builds), rows=tuple(row for _, row in rows))


def _expected(planned: Sequence[Planned], each: Expected) -> Iterator[tuple[int, Row]]:
    for place, member in enumerate(each.build.members):
        package = member.plan.package
        status: Status = "stored" if each.stored else "shared" if place else "planned"
        row = Row(
            combination=planned[member.number].combination.versions,
            status=status,
            name=package.name,
            version=package.known_version,
            seconds=each.seconds if status == "planned" else None,
        )
        yield member.number, row


def _made(planned: Sequence[Planned], outcome: Outcome) -> Row:
    package, wheel = outcome.member.plan.package, outcome.wheel
    status: Status = "failed"
    if wheel is not None:
        status = "stored" if wheel.from_store else "prebuilt" if wheel.prebuilt else "built"
    return Row(
        combination=planned[outcome.member.number].combination.versions,
        status=status,
        name=package.name,
        version=wheel.version if wheel else package.known_version,
        seconds=wheel.seconds if wheel else None,
        wheel=wheel,
        failure=outcome.failure,
    )


def _without_wheels(planned: Sequence[Planned]) -> Iterator[tuple[int, Row]]:
    for number, each in enumerate(planned):
        if each.locked is None:
            yield number, Row(combination=each.combination.versions, status="unsolvable", failure=each.refusal)
        elif not each.locked.plans:
            yield number, Row(combination=each.combination.versions, status="nothing")
