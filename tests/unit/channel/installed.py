"""Solve and install from a local channel with py-rattler, as a user's environment manager would."""

from __future__ import annotations

import asyncio
from pathlib import Path

import rattler
from rattler.package import BuildString


async def _install(channel: Path, prefix: Path, specs: tuple[str, ...], cuda: str) -> dict[str, str]:
    driver = rattler.GenericVirtualPackage(rattler.PackageName("__cuda"), rattler.Version(cuda), BuildString("0"))
    records = await rattler.solve(
        [rattler.Channel(channel.as_uri())],
        [rattler.MatchSpec(spec) for spec in specs],
        platforms=["linux-64", "noarch"],
        virtual_packages=[driver],
    )
    await rattler.install(records, target_prefix=prefix, cache_dir=prefix.with_name("pkgs"), show_progress=False)
    return {record.name.normalized: str(record.version) for record in records}


def install(channel: Path, prefix: Path, *specs: str, cuda: str = "13.9") -> dict[str, str]:
    """Make `prefix` hold `specs` from `channel` alone, on a machine whose driver knows `cuda`; versions by name."""
    return asyncio.run(_install(channel, prefix, specs, cuda))
