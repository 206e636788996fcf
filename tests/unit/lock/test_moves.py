"""What is kept of a locked environment when some of its packages may move."""

from __future__ import annotations

from interlock.lock.moves import STILL, Moves, known_names
from interlock_hooks.types import LockedEnvironment
from kit.locked import locked, plan, record, sdist, wheel


def environment() -> LockedEnvironment:
    ext = sdist("ext 1.0")
    return locked(
        record("pytorch 2.6"),
        record("my_lib 1.0"),
        pypi=[wheel("rich 13"), ext],
        provides={"torch 2.6": "pytorch"},
        plans=[plan(ext, overlay=[wheel("setuptools 80"), wheel("wheel 1")])],
    )


def kept(moves: Moves) -> tuple[set[str], set[str], set[str]]:
    """The names of the conda records, PyPI packages and tools that stay."""
    found = moves.kept_of(environment())
    tools = {package.name for each in found.plans for package in each.overlay}
    return (
        {each.name for each in found.conda.records},
        {str(each.name) for each in found.resolution.packages},
        {str(name) for name in tools},
    )


def test_nothing_moves_unless_it_is_said() -> None:
    assert STILL.kept_of(environment()) == environment()
    assert not STILL.concern(environment())


def test_a_name_means_a_package_of_either_ecosystem_and_what_conda_supplies() -> None:
    assert kept(Moves(names=frozenset({"torch"}))) == ({"my_lib"}, {"rich", "ext"}, {"setuptools", "wheel"})
    assert kept(Moves(names=frozenset({"my-lib", "rich"}))) == ({"pytorch"}, {"ext"}, {"setuptools", "wheel"})
    assert kept(Moves(names=frozenset({"setuptools"})))[2] == {"wheel"}


def test_everything_moves_but_the_plans_remember_what_was_learned() -> None:
    everything = Moves(everything=True)
    assert kept(everything) == (set(), set(), set())
    assert everything.kept_of(environment()).plan("ext") is not None


def test_what_an_environment_knows() -> None:
    assert known_names(environment()) == {"pytorch", "torch", "my-lib", "rich", "ext", "setuptools", "wheel"}
    assert Moves(names=frozenset({"wheel"})).concern(environment())
    assert not Moves(names=frozenset({"numpy"})).concern(environment())
