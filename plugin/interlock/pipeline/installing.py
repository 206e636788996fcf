"""Installing: from the lock to the prefix, through the hooks that build and check."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from interlock.core.counting import counted
from interlock.install.activation import activation_record
from interlock.install.options import InstallOptions
from interlock.install.transaction import Transaction
from interlock.pipeline.cached import require_cached
from interlock.pipeline.linking import link_and_fetch
from interlock.pipeline.steps import (
    logged_in_for,
    make_environment,
    require_consent,
    stage,
    stop_on_errors,
)
from interlock.pipeline.wheels import install_wheels
from interlock_hooks.types import FindingReported

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.core.globs import Pattern
    from interlock.core.layout import Layout
    from interlock.plugins.manager import Plugins
    from interlock_hooks.types import (
        BuiltWheel,
        Environment,
        EnvironmentRequest,
        Finding,
        LockedEnvironment,
    )


@dataclass(frozen=True, slots=True)
class Installed:
    """An environment with everything in its prefix; ``changed`` is false when there was nothing to do.

    The lock of ``environment`` is the one that was followed, with what the builds taught about their plans.
    """

    environment: Environment
    changed: bool
    findings: tuple[Finding, ...] = ()


@contextmanager
def installation(
    locked: LockedEnvironment,
    request: EnvironmentRequest,
    plugins: Plugins,
    layout: Layout,
    *,
    together: Sequence[EnvironmentRequest] = (),
    inputs: Callable[[], Mapping[Path | Pattern, int]],
    report: Callable[[Environment], Mapping[str, Any]],
    graph: Callable[[], Mapping[str, Any] | None] = lambda: None,
    frozen: bool = False,
    chosen: str | None = None,
    options: InstallOptions = InstallOptions(),
) -> Iterator[Installed]:
    """Make the prefix what the lock says: link conda packages, install wheels, build the rest and install that.

    The block of ``with`` runs when all of this is done; if it ends well, the install is declared complete, with its
    inputs as they are by then. So the block is the place to write what the builds taught into the lock. If it is
    interrupted, the next install looks at the prefix again, takes the same wheels from the store and learns the same.

    ``together`` are the requests of the environments that it was solved with: the lock may have packages from places
    that only they name. ``inputs``, asked after the block, are the files that decide what there is to do, and when each
    was read (ns since the epoch); ``report`` tells what was made, as data that the prefix keeps for the next install
    that finds nothing to do; ``graph``, asked after the block as well, is what the prefix keeps for `env tree` and `env
    why`; ``frozen`` says that the lock was not compared with the manifest, and ``chosen`` which platform the user
    chose; ``options`` are what the user asks of the install. Raises :class:`InterlockError`; what was finished by then
    stays.
    """
    require_consent(locked, request)
    noticed = plugins.check_install(locked, request)
    stop_on_errors(noticed)
    for finding in noticed:
        # Now, and not with the result: what follows can take long.
        plugins.event(FindingReported(finding=finding))
    prefix = layout.prefix(locked.name)
    with (
        logged_in_for(request, *together),
        Transaction(prefix, locked, root=layout.root, emit=plugins.event, options=options) as transaction,
    ):
        environment = make_environment(locked, request, layout, prefix=prefix)
        require_cached(environment, transaction, plugins)
        link_and_fetch(environment, plugins, transaction)
        builder: Builder | None = None
        if locked.plans:
            # Imported here: most environments have nothing to build.
            from interlock.pipeline.building import Builder, needs_environment

            builder = Builder(locked, request, plugins, layout, transaction.prefix, frozen=frozen)
            if not needs_environment(locked):
                # A wheel that is not what was locked, or clashes, leaves the packages of an environment as they were.
                made = builder.build()
                files = {package.name: path for package, path in made.items()}
                transaction.check_ahead((), [*transaction.missing_wheels(), *made], files)
        with stage(plugins, "wheels", locked.name) as done:
            transaction.remove_extraneous()
            number, findings = install_wheels(environment, plugins, transaction)
            done(counted(number, "package") if number else "all there")
        built: tuple[BuiltWheel, ...] = ()
        answer = locked
        if builder is not None:
            built, answer = builder.install(transaction), builder.answer
            findings += builder.findings
        environment = make_environment(answer, request, layout, prefix=prefix, built=built)
        yield Installed(environment, transaction.changed, tuple(findings))
        transaction.commit(
            inputs=inputs(),
            report=report(environment),
            activation=activation_record(request.activation, layout.root),
            graph=graph(),
            frozen=frozen,
            chosen=chosen,
        )
    if transaction.changed:
        plugins.environment_ready(environment)
