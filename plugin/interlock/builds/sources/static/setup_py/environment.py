"""What Python's standard library says of the environment, for every world at once."""

from __future__ import annotations

from collections.abc import Callable

from interlock.builds.sources.static.setup_py.values import Dependent, Value
from interlock.builds.sources.static.setup_py.worlds import (
    AXES,
    IMPLEMENTATIONS,
    MACHINES,
    PLATFORMS,
    PYTHONS,
    SETUPTOOLS,
)

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
    "setuptools.__version__": _each("setuptools", lambda point: SETUPTOOLS[point]),
    "sys.implementation.name": _each("implementation", lambda point: IMPLEMENTATIONS[point].lower()),
}
_RESULTS = {
    "platform.system": _each("platform", lambda point: PLATFORMS[point][2]),
    "platform.machine": _each("machine", lambda point: MACHINES[point]),
    "platform.python_implementation": _each("implementation", lambda point: IMPLEMENTATIONS[point]),
    "platform.python_version": _each("python", lambda point: _VERSIONS[point]),
    "platform.python_version_tuple": _each("python", lambda point: tuple(_VERSIONS[point].split("."))),
}
# What only PyPy has, in each of its releases: attributes, and modules among sys.builtin_module_names.
_IS_PYPY = _each("implementation", lambda point: IMPLEMENTATIONS[point] == "PyPy")
_ATTRIBUTES_OF_PYPY = ("sys.pypy_version_info", "sys.pypy_translation_info")
_MODULES_OF_PYPY = ("__pypy__", "_cffi_backend")


def has_attribute(dotted: str) -> Dependent | None:
    """Whether a module of the standard library has an attribute, if markers can tell that apart."""
    return _IS_PYPY if dotted in _ATTRIBUTES_OF_PYPY else None


def is_among(item: Value, dotted: str) -> Dependent | bool | None:
    """Whether something of the standard library contains an item, if that is certain or markers can tell it apart."""
    if dotted == "sys.modules" and item in ("setuptools", "distutils"):
        # The build backend is setuptools.
        return True
    return _IS_PYPY if dotted == "sys.builtin_module_names" and item in _MODULES_OF_PYPY else None


def depends_on_environment(dotted: str) -> Dependent | None:
    """The value of a name of the standard library that markers can tell apart, if it is one."""
    return _VALUES.get(dotted)


def result_of(dotted: str) -> Dependent | None:
    """The result of a function of the standard library, called without arguments, if markers can tell it apart."""
    return _RESULTS.get(dotted)
