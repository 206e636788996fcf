"""Building what a lock plans while it is installed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from interlock.builds.run.confined import downloaded, unconfined
from interlock.builds.run.errors import PostponedError
from interlock.builds.run.jobs import available_jobs
from interlock.builds.run.scheduler import run_builds
from interlock.core.counting import counted
from interlock.pipeline.steps import (
    discovering,
    make_environment,
    make_planner,
    stage,
    stop_on_errors,
    tell_discovered,
)
from interlock.pipeline.verifying import Verifier
from interlock_hooks.types import BuildMode

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.builds.plan.planner import Planner
    from interlock.core.layout import Layout
    from interlock.install.transaction import Transaction
    from interlock.plugins.manager import Plugins
    from interlock_hooks.types import (
        BuildPlan,
        BuiltWheel,
        EnvironmentRequest,
        Finding,
        LockedEnvironment,
        PyPIPackage,
    )


def needs_environment(locked: LockedEnvironment) -> bool:
    """Whether builds see the environment, or prebuilt wheels are audited in it: PyPI's wheels come first then."""
    return any(plan.mode is BuildMode.NO_ISOLATION or plan.prebuilt for plan in locked.plans)


class Builder:
    """Builds what the lock plans, in order, against what is in ``prefix``, and keeps what that taught about the plans.

    It installs the wheels as well, if it is given a transaction on that prefix.
    """

    def __init__(
        self,
        locked: LockedEnvironment,
        request: EnvironmentRequest,
        plugins: Plugins,
        layout: Layout,
        prefix: Path,
        *,
        frozen: bool = False,
    ) -> None:
        self._frozen = frozen
        self._locked = locked
        self._request = request
        self._plugins = plugins
        self._layout = layout
        self._prefix = prefix
        self._verifier = Verifier(locked, request, lambda: self._planner, frozen=frozen)
        self._plans: dict[str, BuildPlan] = {plan.name: plan for plan in locked.plans}
        self._built: dict[str, BuiltWheel] = {}
        self._wheels: list[BuiltWheel] | None = None
        self.findings: list[Finding] = []

    @cached_property
    def _planner(self) -> Planner:
        return make_planner(self._request, self._locked.conda, self._plugins)

    @property
    def answer(self) -> LockedEnvironment:
        """The lock with the plans as the builds left them."""
        return replace(self._locked, plans=tuple(self._plans[plan.name] for plan in self._locked.plans))

    def build(self) -> dict[PyPIPackage, Path]:
        """Make every wheel that the lock plans, or take it from the store, and see that it is what was locked."""
        self._wheels = self._run(self.accept)
        return {self._plans[wheel.name].package: wheel.path for wheel in self._wheels}

    def install(self, transaction: Transaction) -> tuple[BuiltWheel, ...]:
        """Install every wheel that the lock plans and that is not there yet; each is made first if need be."""
        if self._wheels is None:
            self._wheels = self._run(partial(self.install_one, transaction))
        else:
            self._wheels = [wheel if wheel.path.is_file() else self._made_again(wheel) for wheel in self._wheels]
            for wheel in self._wheels:
                self._install(transaction, self._plans[wheel.name].package, wheel)
        return tuple(sorted(self._wheels, key=lambda wheel: wheel.name))

    def _made_again(self, wheel: BuiltWheel) -> BuiltWheel:
        """Another wheel in place of one that somebody pruned from the store while others were built."""
        plan = self._plans[wheel.name]
        made = self.build_one(plan)
        self.accept(plan, made)
        return made

    def _run(self, accept: Callable[[BuildPlan, BuiltWheel], None]) -> list[BuiltWheel]:
        with stage(self._plugins, "builds", self._locked.name) as done:
            jobs = available_jobs(self._request.build)
            wheels = run_builds(self._locked.plans, build=self.build_one, install=accept, jobs=jobs)
            built_here = not all(wheel.from_store or wheel.prebuilt for wheel in wheels)
            if built_here and (note := unconfined()):
                self.findings.append(note)
            stored, prebuilt = sum(wheel.from_store for wheel in wheels), sum(wheel.prebuilt for wheel in wheels)
            told = [f"{stored} from the store"] * bool(stored) + [f"{prebuilt} prebuilt"] * bool(prebuilt)
            done(", ".join([counted(len(wheels), "wheel"), *told]))
        return wheels

    def build_one(self, plan: BuildPlan) -> BuiltWheel:
        """The wheel of a plan; raises :class:`PostponedError` if those that it needs were not accepted yet."""
        environment = make_environment(self._locked, self._request, self._layout, prefix=self._prefix)
        if plan.prebuilt is not None:
            # Imported here: hardly any environment has one.
            from interlock.pipeline.prebuilt import take_prebuilt

            taken = take_prebuilt(plan, environment, self._plugins)
            if taken is not None:
                wheel, findings = taken
                self.findings += findings
                return wheel
        wheel, final = discovering(
            plan,
            environment,
            lambda: self._planner,
            self._plugins,
            self._plugins.build_wheel,
            needed=self.needed,
            frozen=self._frozen,
        )
        before = self._plans[plan.name]
        # The plan that ran also has this machine's share of jobs, which does not belong in the lock.
        self._plans[plan.name] = replace(
            before,
            requirements=final.requirements,
            overlay=final.overlay,
            base_records=final.base_records,
            mode=final.mode,
            after=final.after,
            imports=wheel.imports,
            downloads=wheel.downloads,
        )
        tell_discovered(final, before, self._plugins)
        if wheel.downloads:
            self.findings.append(downloaded(wheel, plan.package, self._planner.source(plan.package)))
        return wheel

    def needed(self, plan: BuildPlan) -> tuple[BuiltWheel, ...]:
        """The wheels that the build of a plan sees; raises :class:`PostponedError` if some were not accepted yet."""
        if any(name in self._plans and name not in self._built for name in plan.after):
            raise PostponedError(plan)
        return tuple(self._built[name] for name in plan.after if name in self._built)

    def install_one(self, transaction: Transaction, plan: BuildPlan, wheel: BuiltWheel) -> None:
        """Accept a wheel and install it."""
        self.accept(plan, wheel)
        self._install(transaction, plan.package, wheel)

    def accept(self, plan: BuildPlan, wheel: BuiltWheel) -> None:
        """See that a wheel is what was locked; builds that need it see it from now on."""
        self.findings += self._verifier.verify(plan.package, wheel)
        self._built[wheel.name] = wheel

    def _install(self, transaction: Transaction, package: PyPIPackage, wheel: BuiltWheel) -> None:
        environment = make_environment(self._locked, self._request, self._layout, prefix=self._prefix)
        # That of a prebuilt one decided whether it is taken.
        if not wheel.prebuilt:
            findings = self._plugins.check_wheel(wheel, self._locked.resolution, environment)
            stop_on_errors(findings)
            self.findings += findings
        transaction.install_built(package, wheel)
