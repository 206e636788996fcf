"""What Python's standard library says of the environment, for every world at once."""

from __future__ import annotations

from collections.abc import Callable

from interlock.builds.sources.static.setup_py.values import Dependent, Value
from interlock.builds.sources.static.setup_py.worlds import AXES, IMPLEMENTATIONS, MACHINES, PLATFORMS, PYTHONS

_VERSIONS = tuple(".".join(map(str, version)) for version in PYTHONS)


def _each(axis: str, value: Callable[[int], Value]) -> Dependent:
    return Dependent(axis, tuple(value(point) for point in range(len(AXES[axis]))))


def _hexversion(major: int, minor: int, patch: int) -> int:
    return major << 24 | minor << 16 | patch << 8 | 0xF0


_VALUES = {
    "sys.platform": _each("platform", lambda point: PLATFORMS[point][0]),
    "os.name": _each("platform", lambda point: PLATFORMS[point][1]),
    "sys.version_info": _each("python", lambda point: (*PYTHONS[point], "final", 0)),
    "sys.version": _each("python", lambda point: f"{_VERSIONS[point]} (main)"),
    "sys.hexversion": _each("python", lambda point: _hexversion(*PYTHONS[point])),
    "sys.implementation.name": _each("implementation", lambda point: IMPLEMENTATIONS[point].lower()),
}
_RESULTS = {
    "platform.system": _each("platform", lambda point: PLATFORMS[point][2]),
    "platform.machine": _each("machine", lambda point: MACHINES[point]),
    "platform.python_implementation": _each("implementation", lambda point: IMPLEMENTATIONS[point]),
    "platform.python_version": _each("python", lambda point: _VERSIONS[point]),
    "platform.python_version_tuple": _each("python", lambda point: tuple(_VERSIONS[point].split("."))),
}


def depends_on_environment(dotted: str) -> Dependent | None:
    """The value of a name of the standard library that markers can tell apart, if it is one."""
    return _VALUES.get(dotted)


def result_of(dotted: str) -> Dependent | None:
    """The result of a function of the standard library, called without arguments, if markers can tell it apart."""
    return _RESULTS.get(dotted)
