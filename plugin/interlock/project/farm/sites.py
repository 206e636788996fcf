"""Where the builds of a combination run: over its conda packages or its whole environment, apart from the project's."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

from interlock.core.scratch import build_directory
from interlock.engines.rattler.cached_prefix import linked_prefix
from interlock.install.transaction import Transaction
from interlock.pipeline.building import Builder, needs_environment
from interlock.pipeline.linking import link_and_fetch
from interlock.pipeline.steps import make_environment
from interlock.pipeline.wheels import install_wheels

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.core.layout import Layout
    from interlock.plugins.manager import Plugins
    from interlock_hooks.types import BuildPlan, BuiltWheel, EnvironmentRequest, LockedEnvironment


class Site:
    """The place of one combination. It is made when the first build wants it; builds may want it at the same time."""

    def __init__(
        self, locked: LockedEnvironment, request: EnvironmentRequest, plugins: Plugins, layout: Layout
    ) -> None:
        self._locked = locked
        self._request = request
        self._plugins = plugins
        self._layout = layout
        self._whole = needs_environment(locked)
        self._making = threading.RLock()
        self._stack = ExitStack()
        self._builder: Builder | None = None
        self._transaction: Transaction | None = None
        self._accepted: list[tuple[BuildPlan, BuiltWheel]] = []
        self.prefix: Path | None = None

    def build(self, plan: BuildPlan) -> BuiltWheel:
        """The wheel of a plan; raises as :meth:`Builder.build_one` and making the place do."""
        builder = self._made()
        if self._whole and self._transaction is None:
            # A whole environment is not installed for what the store has.
            stored = self._stored(plan, builder)
            if stored is not None:
                return stored
            self._fill(builder)
        return builder.build_one(plan)

    def accept(self, plan: BuildPlan, wheel: BuiltWheel) -> None:
        """See that a wheel is what was solved for; builds that come after it see it from now on."""
        builder = self._made()
        with self._making:
            if self._transaction is None:
                builder.accept(plan, wheel)
                self._accepted.append((plan, wheel))
            else:
                builder.install_one(self._transaction, plan, wheel)

    def close(self) -> None:
        """Remove what no other combination can use."""
        self._stack.close()

    def _made(self) -> Builder:
        with self._making:
            if self._builder is None:
                if self._whole:
                    folder = self._stack.enter_context(build_directory("farm"))
                    self.prefix = folder / "env"
                else:
                    self.prefix = linked_prefix(self._locked.conda.records)
                self._builder = Builder(self._locked, self._request, self._plugins, self._layout, self.prefix)
            return self._builder

    def _stored(self, plan: BuildPlan, builder: Builder) -> BuiltWheel | None:
        if plan.prebuilt is not None:
            return None
        environment = make_environment(
            self._locked,
            self._request,
            self._layout,
            prefix=linked_prefix(self._locked.conda.records),
            built=builder.needed(plan),
        )
        return self._plugins.builds.using(self._request.build.store).stored_wheel(plan, environment)

    def _fill(self, builder: Builder) -> None:
        """Put everything into the prefix that needs no build, and the wheels that were accepted."""
        with self._making:
            if self._transaction is not None:
                return
            assert self.prefix is not None  # noqa: S101 - it is there before its builder
            transaction = Transaction(self.prefix, self._locked, root=self._layout.root, emit=self._plugins.event)
            self._stack.enter_context(transaction)
            environment = make_environment(self._locked, self._request, self._layout, prefix=self.prefix)
            link_and_fetch(environment, self._plugins, transaction)
            install_wheels(environment, self._plugins, transaction)
            for plan, wheel in self._accepted:
                builder.install_one(transaction, plan, wheel)
            self._transaction = transaction
