"""Linking conda packages, and all that comes before it: wheels are downloaded and looked into, clashes are found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.counting import counted
from interlock.engines.rattler.unpacked import are_unpacked
from interlock.engines.wheel_files import unseen_wheels
from interlock.pipeline.steps import stage
from interlock.pipeline.wheels import fetch_checked, wheels_to_fetch
from interlock_hooks.types import StageProgress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from interlock.install.transaction import Transaction
    from interlock.plugins.manager import Plugins
    from interlock_hooks.types import Environment


def link_and_fetch(environment: Environment, plugins: Plugins, transaction: Transaction) -> None:
    """Make the conda packages of the prefix those of the lock.

    Where some of them have to be downloaded, uv downloads the wheels that will be installed at the same time, else only
    those that nobody has looked into yet. If one of the two cannot have what it wants, the other one ends as well. An
    environment that is there is changed last, when all that conda brings is unpacked and no files clash.
    """
    locked = environment.locked

    def link() -> None:
        with stage(plugins, "conda-install", locked.name) as done:
            transaction.link_conda()
            done(counted(len(locked.conda.records), "package"))

    def unpack() -> None:
        # Imported here: where conda has nothing to do, rattler is not loaded.
        from interlock.engines.rattler.unpack_ahead import unpack_ahead

        def progress(made: int, total: int, item: str) -> None:
            plugins.event(StageProgress(stage="conda-fetch", done=made, total=total, item=item, target="conda"))

        with stage(plugins, "conda-fetch", locked.name, target="conda") as done:
            unpack_ahead(transaction.prefix, locked.conda.records, unlinked, on_progress=progress)
            done(counted(len(unlinked), "package"))

    def fetch() -> None:
        # Imported here: most installs find everything in the caches.
        from interlock.engines.uv_ahead import fetch_wheels

        with stage(plugins, "downloads", locked.name, target="PyPI") as done:
            here = fetch_wheels(wheels, python=locked.resolution.python.version, root=environment.root)
            done(counted(len(wheels), "package") if here else "later, for the new interpreter")

    unlinked, missing = transaction.missing_conda(), transaction.missing_wheels()
    wheels = wheels_to_fetch(missing, environment)
    if are_unpacked([record for record in unlinked if not record.url.startswith("file:")]):
        # Linking takes hardly any time, and uv may have what was seen.
        wheels = unseen_wheels(wheels)
    # They begin first: uv starts while rattler is being imported.
    fetches = [fetch] if wheels else []
    if not transaction.renews:
        _together([*fetches, link])
        return
    _together(fetches if are_unpacked(unlinked) else [*fetches, unpack])
    transaction.check_ahead(unlinked, missing, fetch_checked(missing, environment, plugins))
    link()


def _together(steps: Sequence[Callable[[], None]]) -> None:
    if len(steps) == 1:
        steps[0]()
    elif steps:
        # Imported here: most installs find everything in the caches.
        from interlock.engines.threads import in_threads

        in_threads(_call, steps, workers=len(steps))


def _call(step: Callable[[], None]) -> None:
    step()
