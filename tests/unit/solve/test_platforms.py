from __future__ import annotations

import pytest
from rattler import Subdir

from interlock.solve.platforms import PLATFORMS, check_platform, default_virtual_packages
from interlock_hooks.types import InterlockError


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_platform_has_defaults_and_is_known_to_the_solver(platform: str) -> None:
    packages = default_virtual_packages(platform)
    assert {package.origin for package in packages} == {"default"}
    assert "__archspec" in {package.name for package in packages}
    assert "__cuda" not in {package.name for package in packages}
    assert str(Subdir(platform)) == platform


def test_unknown_platforms() -> None:
    with pytest.raises(InterlockError) as caught:
        check_platform("amiga")
    assert caught.value.findings[0].code == "IL213"
    assert "linux-64" in caught.value.findings[0].fix
