"""The plugin manager: built-in stages, third-party plugins that the manifest names, and one typed method per hook."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

import pluggy

from interlock.builds.services import BuildServices
from interlock.engines.work import current
from interlock.plugins import findings
from interlock.plugins.guard import guarded, hook_specs
from interlock.plugins.shared_answers import Shared
from interlock_hooks import PROJECT_NAME, specs
from interlock_hooks.types import (
    BuildFinished,
    BuildOutput,
    BuildPlan,
    BuildRequirement,
    BuildStarted,
    BuiltWheel,
    CodeStarted,
    CondaAdditions,
    CondaRecord,
    CondaRequest,
    CondaSolution,
    Environment,
    EnvironmentRequest,
    Event,
    Finding,
    FindingReported,
    InfoSection,
    InterlockError,
    LockedEnvironment,
    PyPIAdditions,
    PyPIPackage,
    PyPIRequest,
    Repair,
    Resolution,
    SourceTree,
    VirtualPackage,
    WheelFile,
)

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

ENTRY_POINT_GROUP = "interlock"
# What is so in the part of a run that a thread is at: whether events are passed on, where findings are kept instead,
# what is built for, and for each hook, who gave the last answer, and the answer.
_muted: ContextVar[bool] = ContextVar("muted", default=False)
_held: ContextVar[list[FindingReported] | None] = ContextVar("held", default=None)
_target: ContextVar[str] = ContextVar("target", default="")
_answers: ContextVar[Mapping[str, tuple[str, object]]] = ContextVar("answers", default=MappingProxyType({}))
_T = TypeVar("_T")


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
    return {entry.name: entry for entry in _entry_points()}


def _entry_points() -> tuple[EntryPoint, ...]:
    """The same, of which several may have one name."""
    # Imported here: few projects name a plugin, and it reads metadata with the standard library's parsers of mail.
    from importlib.metadata import entry_points

    return tuple(entry_points(group=ENTRY_POINT_GROUP))


class Plugins:
    """All plugins of one run, and the build services that they share.

    Every hook has one method of the same name without the ``interlock_`` prefix. What an implementation returns is
    checked at once (:mod:`interlock.plugins.guard`), so the methods may rely on the types.
    """

    def __init__(self) -> None:
        self._manager = pluggy.PluginManager(PROJECT_NAME)
        self._manager.add_hookspecs(specs)
        self.builds = BuildServices(self.event)
        self._builtin: set[str] = set()
        self._unsafe: set[str] = set()
        self._told: set[tuple[str, str]] = set()
        self._conda_solve: Callable[[CondaRequest], CondaSolution] = self._solved
        self._pypi_resolve: Callable[[PyPIRequest], Resolution] = self._resolved

    def register_builtin(self, name: str, plugin: object) -> None:
        """Add a stage of Interlock's own."""
        self._builtin.add(name)
        self._register(name, plugin)

    def register_third_party(self, names: Sequence[str]) -> None:
        """Load and add the plugins that the manifest names; those that are there already are passed over.

        They are asked before the built-in ones, the first in the list first. Raises :class:`InterlockError`: IL801 when
        a plugin is not installed, IL802 when it cannot be imported, IL803 when it does not fit the specifications,
        IL807 when several have its name.
        """
        entries = _entry_points() if names else ()
        available = {entry.name: entry for entry in entries}
        # pluggy calls first what was registered last.
        for name in reversed(names):
            # One of them would run, and nobody would learn that the other one does not.
            bringers = {_distribution(entry)[0] for entry in entries if entry.name == name}
            found = [*(["Interlock itself"] if name in self._builtin else []), *sorted(bringers)]
            if len(found) > 1:
                raise InterlockError(findings.ambiguous(name, found))
            if self._manager.has_plugin(name):
                continue
            if name not in available:
                raise InterlockError(findings.not_installed(name, sorted(available)))
            self.event(_begins(name, available[name]))
            plugin = _loaded(name, available[name], {"emit": self.event, "builds": self.builds})
            try:
                self._register(name, plugin)
            except pluggy.PluginValidationError as error:
                raise InterlockError(findings.unfit(name, str(error))) from error
            if getattr(plugin, "thread_safe", False) is not True:
                self._unsafe.add(name)

    @property
    def thread_safe(self) -> bool:
        """Whether the hooks may be called for several solves at the same time: all plugins say so of themselves."""
        return not self._unsafe

    def _register(self, name: str, plugin: object) -> None:
        found = {hook: self._manager.parse_hookimpl_opts(plugin, hook) for hook in dir(plugin)}
        marked = {hook: options for hook, options in found.items() if options is not None}
        if not marked:
            raise pluggy.PluginValidationError(plugin, "none of its functions is marked with interlock_hooks.hookimpl")
        functions = {}
        for hook, options in marked.items():
            function = getattr(plugin, hook)
            if problem := _problem(hook, function, options):
                raise pluggy.PluginValidationError(plugin, problem)
            functions[hook] = (function, bool(options.get("wrapper")))
        self._manager.register(guarded(name, functions, builtin=name in self._builtin, note=self._note), name)

    def share_answers(self) -> None:
        """From now on solvers are asked each question once, and their answers are kept as long as these plugins."""
        self._conda_solve, self._pypi_resolve = Shared(self._conda_solve), Shared(self._pypi_resolve)

    def only_builtin(self, hook: str) -> bool:
        """Whether only Interlock's own plugins implement a hook."""
        implementations = getattr(self._manager.hook, hook).get_hookimpls()
        return all(each.plugin_name in self._builtin for each in implementations)

    def last_answer(self, hook: str) -> str | None:
        """The third-party plugin that gave this thread the last answer to a hook of which the first result is used.

        ``None`` if a built-in one did, or none. A wrapper counts if it changed the answer.
        """
        name, _ = _answers.get().get(hook, (None, None))
        return None if name in self._builtin else name

    def _note(self, plugin: str, hook: str, answer: object) -> None:
        answers = _answers.get()
        known = answers.get(hook)
        if answer is not None and (known is None or known[1] != answer):
            _answers.set({**answers, hook: (plugin, answer)})

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
        return self._conda_solve(request)

    def _solved(self, request: CondaRequest) -> CondaSolution:
        result: CondaSolution | None = self._manager.hook.interlock_conda_solve(request=request)
        return _required(result, "interlock_conda_solve")

    def pypi_names(self, record: CondaRecord, request: EnvironmentRequest) -> tuple[str, ...] | None:
        """The PyPI names that a conda record supplies, ``None`` if no plugin knows."""
        _answers.set({hook: answer for hook, answer in _answers.get().items() if hook != "interlock_pypi_names"})
        names: Sequence[str] | None = self._manager.hook.interlock_pypi_names(record=record, request=request)
        return None if names is None else tuple(names)

    def pypi_request(self, request: EnvironmentRequest, conda: CondaSolution) -> list[PyPIAdditions]:
        """What each plugin adds to the PyPI request."""
        return list(self._manager.hook.interlock_pypi_request(request=request, conda=conda))

    def pypi_resolve(self, request: PyPIRequest) -> Resolution:
        """The resolution of the first plugin that has one."""
        return self._pypi_resolve(request)

    def _resolved(self, request: PyPIRequest) -> Resolution:
        result: Resolution | None = self._manager.hook.interlock_pypi_resolve(request=request)
        return _required(result, "interlock_pypi_resolve")

    def repair_resolution(
        self,
        resolution: Resolution,
        conda: CondaSolution,
        request: EnvironmentRequest,
        failure: Finding | None = None,
    ) -> list[Repair]:
        """Other ways to resolve, of all plugins, for a resolution that does not fit, or where there is none."""
        hook = self._manager.hook.interlock_repair_resolution
        return _joined(hook(resolution=resolution, conda=conda, request=request, failure=failure))

    def check_resolution(
        self,
        resolution: Resolution,
        conda: CondaSolution,
        request: EnvironmentRequest,
        sources: Mapping[str, SourceTree],
    ) -> list[Finding]:
        """Findings of all plugins about a resolution, with a view of the sources of what has to be built."""
        hook = self._manager.hook.interlock_check_resolution
        return _joined(hook(resolution=resolution, conda=conda, request=request, sources=sources))

    def build_requirements(
        self, package: PyPIPackage, resolution: Resolution, request: EnvironmentRequest
    ) -> list[BuildRequirement]:
        """Build requirements that plugins add for a package."""
        hook = self._manager.hook.interlock_build_requirements
        return _joined(hook(package=package, resolution=resolution, request=request))

    def build_variables(
        self,
        package: PyPIPackage,
        resolution: Resolution,
        request: EnvironmentRequest,
        conda: CondaSolution,
        source: SourceTree,
    ) -> dict[str, str]:
        """Build variables for a package; where plugins differ, the one that pluggy calls first wins."""
        hook = self._manager.hook.interlock_build_variables
        merged: dict[str, str] = {}
        for variables in hook(package=package, resolution=resolution, request=request, conda=conda, source=source):
            merged = {**variables, **merged}
        return merged

    def check_install(self, locked: LockedEnvironment, request: EnvironmentRequest) -> list[Finding]:
        """Findings of all plugins about a lock that is about to be installed."""
        return _joined(self._manager.hook.interlock_check_install(locked=locked, request=request))

    def build_wheel(self, plan: BuildPlan, environment: Environment) -> BuiltWheel:
        """The wheel that the first plugin with an answer built."""
        hook = self._manager.hook.interlock_build_wheel
        result: BuiltWheel | None = hook(plan=plan, environment=environment)
        return _required(result, "interlock_build_wheel")

    def check_wheel(self, wheel: WheelFile, resolution: Resolution, environment: Environment) -> list[Finding]:
        """Findings of all plugins about a wheel that is about to be installed."""
        hook = self._manager.hook.interlock_check_wheel
        return _joined(hook(wheel=wheel, resolution=resolution, environment=environment))

    def environment_ready(self, environment: Environment) -> None:
        """Tell all plugins that an environment is complete."""
        self._manager.hook.interlock_environment_ready(environment=environment)

    def environment_info(self, request: EnvironmentRequest, locked: LockedEnvironment | None) -> list[InfoSection]:
        """What each plugin shows about an environment."""
        return list(self._manager.hook.interlock_environment_info(request=request, locked=locked))

    def event(self, event: Event) -> None:
        """Pass an event to all listeners, unless muted; each finding is reported once per run.

        Whose code runs is told in any case: it may do so in a trial, or in what is given up.
        """
        if not isinstance(event, CodeStarted) and (_muted.get() or current().stopped):
            return
        if isinstance(event, FindingReported):
            held = _held.get()
            if held is not None:
                held.append(event)
                return
            told = (event.finding.code, event.finding.what)
            if told in self._told:
                return
            self._told.add(told)
        elif isinstance(event, (BuildStarted, BuildOutput, BuildFinished)) and (target := _target.get()):
            event = replace(event, target=target)
        self._manager.hook.interlock_event(event=event)

    @contextmanager
    def muted(self) -> Iterator[None]:
        """Within the block no events are passed on: what happens there is a trial, not the user's command."""
        token = _muted.set(True)
        try:
            yield
        finally:
            _muted.reset(token)

    @contextmanager
    def building_for(self, target: str) -> Iterator[None]:
        """Within the block events of builds say what is built for."""
        token = _target.set(target)
        try:
            yield
        finally:
            _target.reset(token)

    @contextmanager
    def held_back(self, held: list[FindingReported]) -> Iterator[None]:
        """Within the block findings are not passed on but added to ``held``: their turn has not come."""
        token = _held.set(held)
        try:
            yield
        finally:
            _held.reset(token)


def _joined(results: Sequence[Sequence[_T]]) -> list[_T]:
    return [item for result in results for item in result]


def _required(result: _T | None, hook: str) -> _T:
    if result is None:
        raise InterlockError(findings.no_result(hook))
    return result


def _problem(hook: str, function: object, options: pluggy.HookimplOpts) -> str | None:
    """What is wrong with a hook function, apart from its arguments, which pluggy compares."""
    if hook not in hook_specs():
        near = get_close_matches(hook, hook_specs(), 1)
        return f"there is no hook {hook}" + (f", did you mean {near[0]}?" if near else "")
    if options.get("hookwrapper"):
        return f"{hook} is an old-style wrapper: use hookimpl(wrapper=True)"
    if options.get("wrapper") and not inspect.isgeneratorfunction(function):
        return f"{hook} is marked as a wrapper but does not yield"
    return None


def _loaded(name: str, entry: EntryPoint, offered: Mapping[str, object]) -> object:
    try:
        plugin = entry.load()
        # A plugin may be a module, an instance, or a class, which is given those of the arguments that it takes.
        if not inspect.isclass(plugin):
            return plugin
        parameters = inspect.signature(plugin).parameters
        return plugin(**{argument: value for argument, value in offered.items() if argument in parameters})
    except (Exception, SystemExit) as error:
        raise InterlockError(findings.not_loaded(name, entry.value, error)) from error


def _begins(name: str, entry: EntryPoint) -> CodeStarted:
    distribution, version = _distribution(entry)
    why = "the manifest names it in `plugins`"
    return CodeStarted(
        kind="plugin", name=name, version=version or None, source=distribution, entry=entry.value, why=why
    )


def _distribution(entry: EntryPoint) -> tuple[str, str]:
    return (entry.dist.name, entry.dist.version) if entry.dist else ("", "")
