"""Linking conda packages, and downloading wheels while conda packages are downloaded: no interpreter is there yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.counting import counted
from interlock.pipeline.steps import stage
from interlock.pipeline.wheels import wheels_to_fetch

if TYPE_CHECKING:
    from collections.abc import Callable

    from interlock.install.transaction import Transaction
    from interlock.plugins.manager import Plugins
    from interlock_hooks.types import Environment


def link_and_fetch(environment: Environment, plugins: Plugins, transaction: Transaction) -> None:
    """Make the conda packages of the prefix those of the lock.

    Where some of them have to be downloaded, uv downloads the wheels that will be installed at the same time. If one of
    the two cannot have what it wants, the other one ends as well.
    """
    locked = environment.locked

    def link() -> None:
        with stage(plugins, "conda-install", locked.name) as done:
            transaction.link_conda()
            done(counted(len(locked.conda.records), "package"))

    wheels = wheels_to_fetch(environment, transaction)
    if not wheels or not _has_downloads(transaction):
        link()
        return
    # Imported here: most installs find everything in the caches.
    from interlock.engines.threads import in_threads
    from interlock.engines.uv_ahead import fetch_wheels

    def fetch() -> None:
        with stage(plugins, "downloads", locked.name, target="PyPI") as done:
            here = fetch_wheels(wheels, python=locked.resolution.python.version, root=environment.root)
            done(counted(len(wheels), "package") if here else "later, for the new interpreter")

    in_threads(_call, [link, fetch], workers=2)


def _call(step: Callable[[], None]) -> None:
    step()


def _has_downloads(transaction: Transaction) -> bool:
    """Whether conda packages have to be downloaded: if none has, linking takes hardly any time."""
    remote = [record for record in transaction.missing_conda() if not record.url.startswith("file:")]
    if not remote:
        return False
    # Imported here: where conda has nothing to do, rattler is not loaded.
    from interlock.engines.rattler.unpacked import are_unpacked

    return not are_unpacked(remote)
