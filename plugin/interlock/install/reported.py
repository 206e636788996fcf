"""What the state of a prefix tells of the wheels that were built for it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from interlock.install.fresh import read_state

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class ReportedBuild:
    """How a wheel that is installed was built; ``seconds`` is the time of the original build, if it is known.

    ``compilers`` are the programs that the build found, each with its path; ``wheel`` is where its file was.
    """

    version: str
    mode: str
    seconds: float | None = None
    from_store: bool = False
    prebuilt: bool = False
    compilers: tuple[tuple[str, str], ...] = ()
    wheel: str | None = None


def reported_builds(prefix: Path) -> dict[str, ReportedBuild]:
    """The builds of the last install that was complete, by name; what cannot be understood is left out."""
    report = (read_state(str(prefix)) or {}).get("report")
    built = report.get("built") if isinstance(report, dict) else None
    entries = [entry for entry in built if isinstance(entry, dict)] if isinstance(built, list) else []
    return {str(entry.get("name")): _read(entry) for entry in entries}


def _read(entry: dict[str, Any]) -> ReportedBuild:
    seconds, compilers = entry.get("seconds"), entry.get("toolchain")
    pairs = sorted(compilers.items()) if isinstance(compilers, dict) else []
    return ReportedBuild(
        version=str(entry.get("version")),
        mode=str(entry.get("mode")),
        # JSON as Python reads it has infinity.
        seconds=seconds if isinstance(seconds, float) and math.isfinite(seconds) else None,
        from_store=entry.get("from_store") is True,
        prebuilt=entry.get("prebuilt") is True,
        wheel=wheel if isinstance(wheel := entry.get("wheel"), str) else None,
        compilers=tuple((program, str(path)) for program, path in pairs),
    )
