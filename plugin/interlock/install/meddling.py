"""What other programs did to an environment since Interlock installed it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from interlock.engines.python.distributions import site_distributions
from interlock.engines.rattler.prefix_records import installed_records, record_identity
from interlock.install import findings
from interlock.install.fresh import has_same_inputs, read_state
from interlock.install.guard import Guard
from interlock.install.state import load_state

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.engines.python.distributions import SiteDistribution
    from interlock.install.state import State
    from interlock_hooks.types import Finding, LockedEnvironment


def meddling(prefix: Path, locked: LockedEnvironment | None) -> Iterator[Finding]:
    """A finding for each package that another program added, replaced or removed (IL630, IL631).

    conda packages are compared with the lock, ``locked``, as long as it is what was installed from. Of a prefix whose
    install did not end, only that is said (IL633), and nothing of one that Interlock did not make.
    """
    state = load_state(prefix)
    if state is None:
        return
    if not state.complete:
        yield findings.half_made(prefix)
        return
    if locked is not None and has_same_inputs(read_state(str(prefix)) or {}):
        yield from _conda(prefix, locked)
    if state.site_packages is not None:
        yield from _pypi(prefix, state, state.site_packages)


def _conda(prefix: Path, locked: LockedEnvironment) -> Iterator[Finding]:
    here = {record.name: record for record in installed_records(prefix)}
    wanted = {record.name: record for record in locked.conda.records}
    for name in sorted(here.keys() | wanted.keys()):
        found, record = here.get(name), wanted.get(name)
        if record is None and found is not None:
            yield findings.added(f"the conda package {name} {found.version}", "another program")
        elif record is not None and (found is None or record_identity(found) != record_identity(record)):
            how = "it was removed" if found is None else f"it is {found.version} ({found.build}) now"
            yield findings.replaced(f"the conda package {name} {record.version}", how)


def _pypi(prefix: Path, state: State, site_packages: str) -> Iterator[Finding]:
    guard = Guard(prefix, site_packages)
    here: Mapping[str, SiteDistribution] = dict(site_distributions(prefix / site_packages).items())
    for name in sorted(here.keys() | state.pypi.keys()):
        found, known = here.get(name), state.pypi.get(name)
        if known is None:
            if found is not None and found.installer in ("pip", "uv") and not guard.is_of_conda(found):
                yield findings.added(found.label, found.installer)
        elif found is None:
            yield findings.replaced(f"{name} {known.version}", "it was removed")
        elif found.installer != "uv" or not found.has_version(known.version):
            yield findings.replaced(f"{name} {known.version}", f"it is {found.version} by {found.installer} now")
