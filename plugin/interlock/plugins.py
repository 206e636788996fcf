"""The plugin manager: built-in stages, third-party plugins that the manifest names, and one typed method per hook."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from types import SimpleNamespace
from typing import Any, TypeVar

import pluggy

from interlock_hooks import PROJECT_NAME, specs
from interlock_hooks.types import (
    BuildPlan,
    BuildRequirement,
    BuiltWheel,
    CondaAdditions,
    CondaRecord,
    CondaRequest,
    CondaSolution,
    Environment,
    EnvironmentRequest,
    Event,
    Finding,
    InterlockError,
    PyPIAdditions,
    PyPIPackage,
    PyPIRequest,
    Resolution,
    VirtualPackage,
)

ENTRY_POINT_GROUP = "interlock"
_NOTHING = type(None)
_T = TypeVar("_T")

# What one implementation of a hook may return: the types, and for lists the type of the items.
_RESULTS: Mapping[str, tuple[tuple[type, ...], type | None]] = {
    "interlock_virtual_packages": ((list, tuple), VirtualPackage),
    "interlock_conda_request": ((CondaAdditions,), None),
    "interlock_conda_solve": ((CondaSolution, _NOTHING), None),
    "interlock_pypi_names": ((list, tuple, _NOTHING), str),
    "interlock_pypi_request": ((PyPIAdditions,), None),
    "interlock_pypi_resolve": ((Resolution, _NOTHING), None),
    "interlock_check_resolution": ((list, tuple), Finding),
    "interlock_build_requirements": ((list, tuple), BuildRequirement),
    "interlock_build_variables": ((Mapping,), None),
    "interlock_build_wheel": ((BuiltWheel, _NOTHING), None),
    "interlock_check_wheel": ((list, tuple), Finding),
    "interlock_environment_ready": ((_NOTHING,), None),
    "interlock_event": ((_NOTHING,), None),
}


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """A plugin that could run: its name, the distribution that brings it, and the hooks that it implements."""

    name: str
    distribution: str
    version: str
    builtin: bool
    enabled: bool
    hooks: tuple[str, ...]


def installed_entry_points() -> dict[str, EntryPoint]:
    """Third-party plugins that are installed beside Interlock, by name; none of them is loaded."""
    return {entry.name: entry for entry in entry_points(group=ENTRY_POINT_GROUP)}


class Plugins:
    """All plugins of one run.

    Every hook has one method of the same name without the ``interlock_`` prefix; pluggy's untyped results are
    checked once, when an implementation returns, so that a wrong one is reported with the plugin's name.
    """

    def __init__(self) -> None:
        self._manager = pluggy.PluginManager(PROJECT_NAME)
        self._manager.add_hookspecs(specs)
        self._builtin: set[str] = set()

    def register_builtin(self, name: str, plugin: object) -> None:
        """Add a stage of Interlock's own."""
        self._builtin.add(name)
        self._manager.register(_guarded(name, plugin), name)

    def register_third_party(self, names: Sequence[str]) -> None:
        """Load and add the plugins that the manifest names.

        Raises :class:`InterlockError`: IL801 when a plugin is not installed, IL802 when it cannot be imported, IL803
        when it does not fit the specifications.
        """
        available = installed_entry_points()
        for name in names:
            if name in self._builtin:
                continue
            if name not in available:
                raise InterlockError(_not_installed(name, sorted(available)))
            self._register_entry_point(name, available[name])

    def _register_entry_point(self, name: str, entry: EntryPoint) -> None:
        try:
            plugin = entry.load()
            # A plugin may be a module, an instance, or a class that needs no arguments.
            plugin = plugin() if inspect.isclass(plugin) else plugin
        except Exception as error:
            raise InterlockError(
                Finding(
                    code="IL802",
                    what=f"plugin {name!r} could not be loaded",
                    why=f"importing {entry.value} failed: {type(error).__name__}: {error}",
                    fix="repair the plugin, or take it out of `plugins` in [tool.interlock]",
                )
            ) from error
        unknown = [hook for hook in _marked_hooks(plugin) if hook not in _RESULTS]
        try:
            if unknown:
                raise pluggy.PluginValidationError(plugin, f"unknown hook {unknown[0]!r}")
            self._manager.register(_guarded(name, plugin), name)
        except pluggy.PluginValidationError as error:
            raise InterlockError(
                Finding(
                    code="IL803",
                    what=f"plugin {name!r} does not fit the hooks of this version",
                    why=str(error).strip(),
                    fix="compare its functions with docs/hooks.md; arguments must have the names of the specification",
                )
            ) from error

    def infos(self) -> list[PluginInfo]:
        """All plugins: the registered ones, then those that are installed but not enabled."""
        found = [self._info(name, plugin) for name, plugin in self._manager.list_name_plugin() if plugin is not None]
        known = {info.name for info in found}
        for name, entry in installed_entry_points().items():
            if name not in known:
                found.append(PluginInfo(name, *_distribution(entry), builtin=False, enabled=False, hooks=()))
        return found

    def _info(self, name: str, plugin: object) -> PluginInfo:
        callers = self._manager.get_hookcallers(plugin) or []
        hooks = tuple(sorted(caller.name for caller in callers))
        if name in self._builtin:
            from interlock import __version__

            return PluginInfo(name, "interlock", __version__, builtin=True, enabled=True, hooks=hooks)
        entry = installed_entry_points().get(name)
        origin = _distribution(entry) if entry else ("", "")
        return PluginInfo(name, *origin, builtin=False, enabled=True, hooks=hooks)

    # One typed method per hook -------------------------------------------------------------------------------

    def virtual_packages(self, request: EnvironmentRequest) -> list[VirtualPackage]:
        """Virtual packages of all plugins, in the order in which the plugins answered."""
        return _joined(self._manager.hook.interlock_virtual_packages(request=request))

    def conda_request(self, request: EnvironmentRequest) -> list[CondaAdditions]:
        """What each plugin adds to the conda request."""
        return list(self._manager.hook.interlock_conda_request(request=request))

    def conda_solve(self, request: CondaRequest) -> CondaSolution:
        """The conda solution of the first plugin that has one."""
        return _required(self._manager.hook.interlock_conda_solve(request=request), "interlock_conda_solve")

    def pypi_names(self, record: CondaRecord) -> tuple[str, ...] | None:
        """The PyPI names that a conda record supplies, ``None`` if no plugin knows."""
        names: Sequence[str] | None = self._manager.hook.interlock_pypi_names(record=record)
        return None if names is None else tuple(names)

    def pypi_request(self, request: EnvironmentRequest, conda: CondaSolution) -> list[PyPIAdditions]:
        """What each plugin adds to the PyPI request."""
        return list(self._manager.hook.interlock_pypi_request(request=request, conda=conda))

    def pypi_resolve(self, request: PyPIRequest) -> Resolution:
        """The resolution of the first plugin that has one."""
        return _required(self._manager.hook.interlock_pypi_resolve(request=request), "interlock_pypi_resolve")

    def check_resolution(
        self, resolution: Resolution, conda: CondaSolution, request: EnvironmentRequest
    ) -> list[Finding]:
        """Findings of all plugins about a resolution."""
        hook = self._manager.hook.interlock_check_resolution
        return _joined(hook(resolution=resolution, conda=conda, request=request))

    def build_requirements(
        self, package: PyPIPackage, resolution: Resolution, request: EnvironmentRequest
    ) -> list[BuildRequirement]:
        """Build requirements that plugins add for a package."""
        hook = self._manager.hook.interlock_build_requirements
        return _joined(hook(package=package, resolution=resolution, request=request))

    def build_variables(
        self, package: PyPIPackage, resolution: Resolution, request: EnvironmentRequest
    ) -> dict[str, str]:
        """Build variables for a package; where plugins differ, the one that pluggy calls first wins."""
        hook = self._manager.hook.interlock_build_variables
        merged: dict[str, str] = {}
        for variables in hook(package=package, resolution=resolution, request=request):
            merged = {**variables, **merged}
        return merged

    def build_wheel(self, plan: BuildPlan, environment: Environment) -> BuiltWheel:
        """The wheel that the first plugin with an answer built."""
        hook = self._manager.hook.interlock_build_wheel
        return _required(hook(plan=plan, environment=environment), "interlock_build_wheel")

    def check_wheel(self, wheel: BuiltWheel, resolution: Resolution) -> list[Finding]:
        """Findings of all plugins about a built wheel."""
        return _joined(self._manager.hook.interlock_check_wheel(wheel=wheel, resolution=resolution))

    def environment_ready(self, environment: Environment) -> None:
        """Tell all plugins that an environment is complete."""
        self._manager.hook.interlock_environment_ready(environment=environment)

    def event(self, event: Event) -> None:
        """Tell all listeners of an event."""
        self._manager.hook.interlock_event(event=event)


def _joined(results: Sequence[Sequence[_T]]) -> list[_T]:
    return [item for result in results for item in result]


def _required(result: _T | None, hook: str) -> _T:
    if result is None:
        raise InterlockError(
            Finding(
                code="IL804",
                what=f"no plugin answered {hook}",
                why="every plugin that implements it returned None",
                fix="enable the built-in plugin again",
            )
        )
    return result


def _marked_hooks(plugin: object) -> list[str]:
    """The names of the plugin's functions that carry the hook marker."""
    marker = f"{PROJECT_NAME}_impl"
    return [name for name in dir(plugin) if getattr(getattr(plugin, name, None), marker, None) is not None]


def _guarded(name: str, plugin: object) -> object:
    """A stand-in with the plugin's hook functions, each of which reports failures with the plugin's name."""
    marker = f"{PROJECT_NAME}_impl"
    stand_in = SimpleNamespace()
    for hook in _marked_hooks(plugin):
        function = getattr(plugin, hook)
        options = getattr(function, marker)
        # Wrappers are generators around other implementations: what they let through is already checked.
        plain = not (options.get("wrapper") or options.get("hookwrapper"))
        setattr(stand_in, hook, _checked(name, hook, function) if plain else function)
    return _Hashable(stand_in)


class _Hashable:
    """Pluggy keeps plugins in sets, and a namespace is not hashable."""

    def __init__(self, members: SimpleNamespace) -> None:
        self.__dict__.update(members.__dict__)


def _checked(name: str, hook: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            result = function(*args, **kwargs)
        except InterlockError:
            raise
        except Exception as error:
            raise InterlockError(
                Finding(
                    code="IL805",
                    what=f"plugin {name!r} failed in {hook}",
                    why=f"{type(error).__name__}: {error}",
                    fix="repair the plugin, or take it out of `plugins` in [tool.interlock]; -vv shows the traceback",
                )
            ) from error
        problem = _wrong_type(hook, result)
        if problem:
            raise InterlockError(
                Finding(
                    code="IL806",
                    what=f"plugin {name!r} returned the wrong type from {hook}",
                    why=problem,
                    fix="return what docs/hooks.md says",
                )
            )
        return result

    return call


def _wrong_type(hook: str, result: object) -> str | None:
    types, item_type = _RESULTS[hook]
    # pluggy leaves a None out of the results of every hook, so None always means "nothing to say".
    if result is None:
        return None
    if not isinstance(result, types):
        expected = " or ".join(kind.__name__ for kind in types if kind is not _NOTHING)
        return f"expected {expected}, got {type(result).__name__}"
    if item_type is not None and isinstance(result, (list, tuple)):
        wrong = next((item for item in result if not isinstance(item, item_type)), None)
        if wrong is not None:
            return f"expected a list of {item_type.__name__}, got an item of type {type(wrong).__name__}"
    return None


def _not_installed(name: str, available: Sequence[str]) -> Finding:
    others = f"installed plugins: {', '.join(available)}" if available else "no third-party plugin is installed"
    return Finding(
        code="IL801",
        what=f"plugin {name!r} is not installed",
        why=f"the manifest names it in [tool.interlock] plugins, but no installed distribution offers it; {others}",
        fix="install the plugin into the environment that Interlock runs in, or correct its name",
    )


def _distribution(entry: EntryPoint) -> tuple[str, str]:
    return (entry.dist.name, entry.dist.version) if entry.dist else ("", "")
