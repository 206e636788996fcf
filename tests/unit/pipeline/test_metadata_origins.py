from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from interlock.pipeline.metadata_origins import with_origins
from interlock_hooks.types import BuildOptions, EnvironmentRequest, Metadata
from kit.locked import locked, sdist, wheel

STATING, SILENT, ASKED, DECLARED = (sdist(f"{name} 1", "dep") for name in ("stating", "silent", "asked", "declared"))


def test_the_lock_says_how_metadata_is_known() -> None:
    said = Metadata(name=ASKED.name, version="1", origin="backend")
    declared = Metadata(name=DECLARED.name, requires_dist=("dep",))
    other = Metadata(name=STATING.name, version="2")
    request = EnvironmentRequest(
        name="default", platform="linux-64", root=Path("/"), build=BuildOptions(metadata=(declared, other))
    )
    packages = [STATING, SILENT, ASKED, DECLARED, wheel("dep 1")]
    resolution = replace(locked(pypi=packages).resolution, metadata=(said,))
    asked: list[str] = []

    def states(package: object) -> bool:
        asked.append(str(package))
        return package == STATING

    found = with_origins(resolution, request, states).metadata
    of_wheel = Metadata(name=SILENT.name, version="1", requires_dist=("dep",), origin="wheel")
    assert found == (said, declared, of_wheel)
    assert asked == ["stating 1", "silent 1"]
    assert with_origins(replace(resolution, metadata=found), request, states).metadata == found
