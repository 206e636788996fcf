from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.markers import Marker

from interlock.builds.sources.static.setup_py.worlds import (
    AXES,
    EVERYWHERE,
    IMPLEMENTATIONS,
    MACHINES,
    PLATFORMS,
    PYTHONS,
    NoMarkerError,
    marker_for,
)


def seen(python: int, platform: int, machine: int, implementation: int) -> dict[str, str]:
    version = PYTHONS[python]
    return {
        "python_version": f"{version[0]}.{version[1]}",
        "python_full_version": "{}.{}.{}".format(*version),
        "sys_platform": PLATFORMS[platform][0],
        "platform_machine": MACHINES[machine],
        "platform_python_implementation": IMPLEMENTATIONS[implementation],
    }


@st.composite
def partitions(draw):
    """Everywhere, parted a few times along an axis."""
    worlds = [EVERYWHERE]
    for _ in range(draw(st.integers(0, 4))):
        world = worlds.pop(draw(st.integers(0, len(worlds) - 1)))
        axis = draw(st.sampled_from(sorted(AXES.keys() - {"setuptools"})))
        points = sorted(world[axis])
        if axis == "python":
            cut = draw(st.integers(0, len(points)))
            group = frozenset(points[:cut])
        else:
            group = frozenset(draw(st.sets(st.sampled_from(points))))
        worlds += [{**world, axis: part} for part in (group, world[axis] - group) if part]
    return worlds


@given(partitions(), st.data())
def test_a_marker_holds_in_its_worlds_only(worlds, data):
    flags = data.draw(st.lists(st.booleans(), min_size=len(worlds), max_size=len(worlds)))
    present = [world for world, flag in zip(worlds, flags, strict=True) if flag]
    absent = [world for world, flag in zip(worlds, flags, strict=True) if not flag]
    if not present:
        return
    marker = marker_for(present, absent)
    assert (marker is None) is (not absent)
    for world in worlds:
        point = {axis: data.draw(st.sampled_from(sorted(points)), label=axis) for axis, points in world.items()}
        del point["setuptools"]
        holds = marker is None or Marker(marker).evaluate(seen(**point))
        assert holds is (world in present), (marker, point)


def test_markers_are_short():
    old = {**EVERYWHERE, "python": frozenset(i for i, version in enumerate(PYTHONS) if version < (3, 9))}
    new = {**EVERYWHERE, "python": EVERYWHERE["python"] - old["python"]}
    assert marker_for([old], [new]) == 'python_version < "3.9"'
    linux = {**new, "platform": frozenset([0])}
    others = {**new, "platform": frozenset([1, 2, 3])}
    assert marker_for([linux], [others]) == 'sys_platform == "linux"'
    assert marker_for([others], [linux]) == 'sys_platform != "linux"'


def test_no_marker_tells_releases_of_setuptools_apart():
    old = {**EVERYWHERE, "setuptools": frozenset([0])}
    new = {**EVERYWHERE, "setuptools": EVERYWHERE["setuptools"] - {0}}
    for absent in ([new], [{**new, "platform": frozenset([0])}]):
        with pytest.raises(NoMarkerError, match="release of setuptools"):
            marker_for([old], absent)
