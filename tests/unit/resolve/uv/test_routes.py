"""Routes with the real uv and two local indexes."""

from __future__ import annotations

import pytest
from packaging.utils import canonicalize_name

from interlock_hooks.testing.index import Index as Distributions
from interlock_hooks.types import Index, IndexRoute, InterlockError
from unit.resolve.asking import Asker, requirement, versions


@pytest.fixture
def route(packages: Distributions, other_index: Distributions) -> IndexRoute:
    """The family of torch goes to the other index, where torch needs another triton."""
    packages.wheel("torch", "2.9.0", requires=["triton==3.5.0", "shared"])
    packages.wheel("triton", "3.5.0")
    packages.wheel("shared", "1.0")
    packages.wheel("trainer", "1.0", requires=["torch>=2"])
    other_index.wheel("torch", "2.6.0+cu124", requires=["triton==3.2.0", "shared"])
    other_index.wheel("triton", "3.2.0")
    other_index.wheel("shared", "9.0")
    names = frozenset(canonicalize_name(name) for name in ("torch", "triton", "torchvision"))
    return IndexRoute(index=Index(url=other_index.url, explicit=True), names=names)


@pytest.mark.parametrize("root", ["torch", "trainer"])
def test_packages_of_a_route_come_from_its_index_whoever_requires_them(
    root: str, route: IndexRoute, ask: Asker, other_index: Distributions
) -> None:
    resolution = ask(root, routes=(route,))
    found = versions(resolution)
    found.pop("trainer", None)
    assert found == {"torch": "2.6.0+cu124", "triton": "3.2.0", "shared": "1.0"}
    assert resolution.get("torch").index == other_index.url  # type: ignore[union-attr]
    assert resolution.get("triton").index == other_index.url  # type: ignore[union-attr]
    assert resolution.get("shared").index != other_index.url  # type: ignore[union-attr]


def test_an_index_of_a_requirement_counts_more(route: IndexRoute, ask: Asker, packages: Distributions) -> None:
    resolution = ask(
        requirement("torch", index=packages.url), requirement("triton", index=packages.url), routes=(route,)
    )
    assert versions(resolution) == {"torch": "2.9.0", "triton": "3.5.0", "shared": "1.0"}


def test_what_conda_provides_goes_nowhere(route: IndexRoute, ask: Asker) -> None:
    assert versions(ask("trainer", "torch", conda=("torch 2.7.0",), routes=(route,))) == {"trainer": "1.0"}


def test_the_failure_is_that_of_the_routes(route: IndexRoute, ask: Asker) -> None:
    with pytest.raises(InterlockError, match="have no solution"):
        ask("torch==2.9.0", routes=(route,))
