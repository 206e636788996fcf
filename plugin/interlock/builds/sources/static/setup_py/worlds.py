"""Where a wheel may be installed: the axes on which markers (PEP 508) tell environments apart.

Each axis has finitely many points. Code that asks for something of the environment is followed once for each group of
points that it tells apart, and what differs between the groups gets a marker.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby

# A point of the platform axis: sys.platform, os.name, platform.system(). "other" stands for all that conda lacks.
PLATFORMS = (
    ("linux", "posix", "Linux"),
    ("darwin", "posix", "Darwin"),
    ("win32", "nt", "Windows"),
    ("other", "posix", "Other"),
)
MACHINES = ("x86_64", "aarch64", "arm64", "AMD64", "ARM64", "ppc64le", "s390x", "i686", "riscv64", "other")
IMPLEMENTATIONS = ("CPython", "PyPy", "other")
# Releases of setuptools; no marker tells them apart.
SETUPTOOLS = tuple(f"{major}.0.0" for major in range(41, 121))
# Of releases that nobody uses any more, or not yet, the first one is enough.
PYTHONS = tuple((3, minor, patch) for minor in range(31) for patch in (range(26) if 6 <= minor <= 20 else (0,)))

AXES: Mapping[str, tuple[object, ...]] = {
    "python": PYTHONS,
    "platform": PLATFORMS,
    "machine": MACHINES,
    "implementation": IMPLEMENTATIONS,
    "setuptools": SETUPTOOLS,
}
_VARIABLES = {
    "platform": "sys_platform",
    "machine": "platform_machine",
    "implementation": "platform_python_implementation",
}

World = Mapping[str, frozenset[int]]
EVERYWHERE: World = {axis: frozenset(range(len(points))) for axis, points in AXES.items()}


class NoMarkerError(ValueError):
    """Something depends on what no marker tells apart."""


class SplitError(Exception):
    """The code does different things in different parts of a world, and is to be followed in each of them."""

    def __init__(self, axis: str, groups: Iterable[frozenset[int]]) -> None:
        super().__init__(axis)
        self.axis = axis
        self.groups = tuple(groups)

    def parts(self, world: World) -> list[World]:
        """The parts of ``world``."""
        return [{**world, self.axis: group} for group in self.groups]


def marker_for(present: list[World], absent: list[World]) -> str | None:
    """The marker that holds in the worlds of ``present`` and not in those of ``absent``; ``None`` if none is needed.

    Raises :class:`NoMarkerError`.
    """
    if not absent:
        return None
    for axis in AXES:
        here = frozenset[int]().union(*(world[axis] for world in present))
        there = frozenset[int]().union(*(world[axis] for world in absent))
        if not here & there:
            return _axis_marker(axis, here, there)
    terms = [_world_marker(world) for world in present]
    return terms[0] if len(terms) == 1 else " or ".join(f"({term})" for term in terms)


def _world_marker(world: World) -> str:
    terms = [
        _axis_marker(axis, points, EVERYWHERE[axis] - points)
        for axis, points in world.items()
        if points != EVERYWHERE[axis]
    ]
    return " and ".join(f"({term})" for term in terms)


def _axis_marker(axis: str, here: frozenset[int], there: frozenset[int]) -> str:
    if axis == "python":
        return _python_marker(here, there)
    if axis not in _VARIABLES:
        raise NoMarkerError(f"they depend on the release of {axis}")
    points = [str(point[0] if isinstance(point, tuple) else point) for point in AXES[axis]]
    variable = _VARIABLES[axis]
    if points.index("other") in here:
        return " and ".join(f'{variable} != "{points[each]}"' for each in sorted(there))
    return " or ".join(f'{variable} == "{points[each]}"' for each in sorted(here))


def _python_marker(here: frozenset[int], there: frozenset[int]) -> str:
    """Ranges of versions that hold ``here``; versions that are neither here nor ``there`` belong to either."""
    relevant = sorted(here | there)
    runs = [
        (in_here, [point for point, _ in run])
        for in_here, run in groupby(((point, point in here) for point in relevant), key=lambda pair: pair[1])
    ]
    terms = []
    for number, (in_here, run) in enumerate(runs):
        if not in_here:
            continue
        limits = [] if number == 0 else [_limit(">=", run[0])]
        if number + 1 < len(runs):
            limits.append(_limit("<", runs[number + 1][1][0]))
        terms.append(" and ".join(limits))
    return terms[0] if len(terms) == 1 else " or ".join(f"({term})" for term in terms)


def _limit(operator: str, point: int) -> str:
    major, minor, patch = PYTHONS[point]
    if patch == 0:
        return f'python_version {operator} "{major}.{minor}"'
    return f'python_full_version {operator} "{major}.{minor}.{patch}"'
