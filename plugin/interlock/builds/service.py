"""Builds with the wheel store in front of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from interlock.builds.plan.visible import planned_versions
from interlock.builds.provenance.envelope import enclosed
from interlock.builds.provenance.signing import signer_here
from interlock.builds.provenance.statement import statement_of
from interlock.builds.run.backend_requires import require_held
from interlock.builds.run.gpu_target import finding_without_gpu, for_this_machine
from interlock.builds.store.entry import Entry
from interlock.builds.store.identity import BuildIdentity, identify
from interlock.builds.store.links import linked_records
from interlock.builds.store.named_prefix import names_prefix
from interlock.core.urls import without_credentials
from interlock_hooks.types import BuildMode, BuildPlan, BuiltWheel, Environment, Event, FindingReported, Metadata, Step

if TYPE_CHECKING:
    from interlock.builds.run.builder import Outcome
    from interlock.builds.store.store import Stored, WheelStore


@dataclass(frozen=True, slots=True)
class Answer:
    """A wheel with the store's entry of it and that entry's key; there is no entry of an editable build."""

    wheel: BuiltWheel
    key: str = ""
    entry: Entry | None = None


class BuildService:
    """Answers build plans: from the store where it can, else by building here and storing the result.

    What is built here is signed, if this machine has a key. Making a service raises as :func:`signer_here` does.
    """

    def __init__(self, store: WheelStore, *, emit: Callable[[Event], None]) -> None:
        self.store = store
        self._emit = emit
        self._signer = signer_here()

    def build_wheel(self, plan: BuildPlan, environment: Environment) -> BuiltWheel:
        """The wheel of ``plan``. Raises :class:`InterlockError` as :func:`run_build` does."""
        return self.answer(plan, environment).wheel

    def answer(self, plan: BuildPlan, environment: Environment) -> Answer:
        """The wheel of ``plan`` and how the store knows it; raises as :meth:`build_wheel`."""
        here = for_this_machine(plan, environment.prefix)
        if plan.package.artifact.editable:
            # It refers to the user's directory, whose content changes without us.
            return Answer(_wheel(self._build(plan, here, environment)))
        identity = self._identify(here, environment, "wheel")
        known = self._stored(here, identity)
        if known is not None:
            return known
        outcome = self._build(plan, here, environment)
        entry = self._entry(here, environment, identity, outcome)
        self.store.add(identity, entry)
        return Answer(_wheel(outcome), identity.key, entry)

    def _identify(self, plan: BuildPlan, environment: Environment, step: Step) -> BuildIdentity:
        return identify(plan, environment, step, self._emit)

    def _build(self, locked: BuildPlan, here: BuildPlan, environment: Environment) -> Outcome:
        # What runs backends is imported where one runs: most wheels come from the store.
        from interlock.builds.run.builder import run_build

        warning = finding_without_gpu(locked, here, environment.prefix)
        if warning is not None:
            self._emit(FindingReported(finding=warning))
        return run_build(here, environment, keep=self.store.keep, emit=self._emit)

    def stored_wheel(self, plan: BuildPlan, environment: Environment) -> BuiltWheel | None:
        """The wheel of ``plan`` if the store has it."""
        if plan.package.artifact.editable:
            return None
        plan = for_this_machine(plan, environment.prefix)
        known = self._stored(plan, self._identify(plan, environment, "wheel"))
        return None if known is None else known.wheel

    def known(self, plan: BuildPlan, environment: Environment) -> Entry | None:
        """The store's entry of the wheel of ``plan``, in a prefix that exists; nothing is fetched."""
        return self.store.knows(self._identify(for_this_machine(plan, environment.prefix), environment, "wheel"))

    def _stored(self, plan: BuildPlan, identity: BuildIdentity) -> Answer | None:
        stored = self.store.find(identity)
        if stored is None or stored.wheel is None:
            return None
        return Answer(_from_store(stored, stored.wheel, plan), identity.key, stored.entry)

    def require_planned(self, plan: BuildPlan, environment: Environment, *, why: str = "") -> None:
        """See that ``plan`` holds what its backend asks for when it is called; the backend is run once for each answer.

        ``why`` it is asked is told if it runs. Raises :class:`RequirementsUnmetError` (IL442) when ``plan`` does not,
        else :class:`InterlockError` as :func:`run_requirements` does.
        """
        identity = self._identify(plan, environment, "requirements")
        stored = self.store.find(identity)
        asked = None if stored is None else stored.entry.asked
        if asked is None:
            from interlock.builds.run.builder import run_requirements

            asked = self._add_asked(plan, identity, run_requirements(plan, environment, why=why, emit=self._emit))
        require_held(plan, asked, planned_versions(plan, environment.locked.resolution), environment)

    def _add_asked(self, plan: BuildPlan, identity: BuildIdentity, outcome: Outcome) -> tuple[str, ...]:
        self.store.add(identity, replace(_circumstances(plan, identity, outcome), asked=outcome.asked))
        return outcome.asked

    def produce_metadata(self, plan: BuildPlan, environment: Environment, *, why: str = "") -> Metadata:
        """What the backend says of ``plan``'s package; ``why`` it is asked is told if it runs.

        Raises :class:`InterlockError` as :func:`run_metadata`.
        """
        editable = plan.package.artifact.editable
        identity = None if editable else self._identify(plan, environment, "metadata")
        stored = self.store.find(identity) if identity else None
        if stored is not None and stored.entry.metadata is not None:
            return _load_metadata(stored.entry.metadata)
        from interlock.builds.run.builder import run_metadata

        outcome = run_metadata(plan, environment, why=why, keep=self.store.keep, emit=self._emit)
        assert outcome.metadata is not None  # noqa: S101 - run_metadata gives it or raises
        self._add_asked(plan, self._identify(plan, environment, "requirements"), outcome)
        if identity is not None:
            entry = _circumstances(plan, identity, outcome)
            self.store.add(identity, replace(entry, metadata=asdict(outcome.metadata)))
            if outcome.wheel is not None:
                whole = self._identify(plan, environment, "wheel")
                self.store.add(whole, self._entry(plan, environment, whole, outcome))
        return outcome.metadata

    def _entry(self, plan: BuildPlan, environment: Environment, identity: BuildIdentity, outcome: Outcome) -> Entry:
        wheel = _wheel(outcome)
        entry = _with_wheel(_circumstances(plan, identity, outcome), wheel, identity)
        internal = {"key": identity.key, "circumstances": entry.circumstances}
        envelope = enclosed(
            statement_of(wheel, plan, environment, source=identity.source, internal=internal, finished=entry.created)
        )
        return replace(entry, provenance=self._signer.signed(envelope) if self._signer else envelope)


def _wheel(outcome: Outcome) -> BuiltWheel:
    assert outcome.wheel is not None  # noqa: S101 - run_build gives it or raises
    return outcome.wheel


def _circumstances(plan: BuildPlan, identity: BuildIdentity, outcome: Outcome) -> Entry:
    visible = identity.visible
    return Entry(
        name=plan.package.name,
        version=plan.package.version,
        mode=plan.mode.value,
        created=time.time(),
        imports=tuple((name, visible[name]) for name in outcome.imports if name in visible),
        # A name like that of a visible distribution, but not one of its modules, says nothing about later builds.
        missing=tuple(module for module in outcome.missing if not identity.sees(module)),
        variables=tuple((name, without_credentials(value)) for name, value in plan.variables),
        source=without_credentials(plan.package.artifact.url),
        downloads=outcome.downloads,
    )


def _with_wheel(entry: Entry, wheel: BuiltWheel, identity: BuildIdentity) -> Entry:
    prefix = identity.prefix
    linked = (name for name in linked_records(wheel.path, prefix) if name in identity.conda)
    return replace(
        entry,
        version=wheel.version,
        filename=wheel.path.name,
        sha256=wheel.sha256,
        size=wheel.path.stat().st_size,
        seconds=wheel.seconds,
        libraries=tuple((name, identity.conda[name]) for name in linked),
        toolchain=wheel.toolchain,
        prefix=str(prefix) if names_prefix(wheel.path, prefix) else None,
        log=str(wheel.log) if wheel.log else None,
    )


def _from_store(stored: Stored, wheel: Path, plan: BuildPlan) -> BuiltWheel:
    entry = stored.entry
    log = Path(entry.log) if entry.log else None
    return BuiltWheel(
        name=canonicalize_name(entry.name),
        version=entry.version,
        path=wheel,
        sha256=entry.sha256 or "",
        mode=BuildMode(entry.mode),
        seconds=entry.seconds,
        log=log if log is not None and log.is_file() else None,
        imports=tuple(canonicalize_name(name) for name, _ in entry.imports),
        toolchain=entry.toolchain,
        source=plan.package.artifact,
        from_store=True,
        downloads=entry.downloads,
    )


def _load_metadata(data: dict[str, Any]) -> Metadata:
    return Metadata(
        name=canonicalize_name(data["name"]),
        version=data["version"],
        requires_dist=tuple(data["requires_dist"]),
        requires_python=data["requires_python"],
        provides_extra=tuple(data["provides_extra"]),
        imports=tuple(map(canonicalize_name, data.get("imports", ()))),
        sought=tuple(map(canonicalize_name, data.get("sought", ()))),
        other_extras=tuple(data.get("other_extras", ())),
        origin="backend",
    )
