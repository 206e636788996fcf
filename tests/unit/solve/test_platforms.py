from __future__ import annotations

import pytest
from rattler import Subdir

from interlock.core.platforms import SUBDIRS
from interlock.solve.platforms import check_platform, default_virtual_packages
from interlock_hooks.types import InterlockError


@pytest.mark.parametrize("platform", [subdir.name for subdir in SUBDIRS.values() if subdir.processor])
def test_every_platform_has_defaults_and_is_known_to_the_solver(platform: str) -> None:
    packages = default_virtual_packages(platform)
    assert {package.origin for package in packages} == {"default"}
    assert "__archspec" in {package.name for package in packages}
    assert "__cuda" not in {package.name for package in packages}
    assert str(Subdir(platform)) == platform


@pytest.mark.parametrize("platform", ["amiga", "linux-63", "freebsd-64"])
def test_platforms_without_packages(platform: str) -> None:
    with pytest.raises(InterlockError) as caught:
        check_platform(platform)
    assert caught.value.findings[0].code == "IL213"
    assert "linux-64" in caught.value.findings[0].fix
