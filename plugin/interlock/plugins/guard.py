"""A plugin as it is registered: its hook functions, each of which reports failures with the plugin's name."""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, is_dataclass
from types import GenericAlias, ModuleType
from typing import Any, get_type_hints

from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from interlock.core.files import sha256_of
from interlock.core.shapes import check_fields, fits
from interlock.engines.work import Stopped
from interlock.plugins.findings import failed, wrong_type
from interlock_hooks import PROJECT_NAME, specs
from interlock_hooks.types import BuiltWheel, InterlockError

Note = Callable[[str, str, object], None]  # plugin, hook, answer
# The command line says what these mean; they are not the plugin's fault.
_OF_THE_SYSTEM = (OSError, MemoryError, UnicodeEncodeError)
# No failures: the user interrupts, nobody waits any longer, a generator is closed.
_ENDS = (KeyboardInterrupt, Stopped, GeneratorExit)


@dataclass(frozen=True, slots=True)
class HookSpec:
    """What a hook's specification says about results: as it is written there, as a type, and how many are used."""

    text: str
    result: Any
    first: bool

    @property
    def of_all_plugins(self) -> HookSpec:
        """The specification of what a wrapper sees: one result of each plugin."""
        return HookSpec(f"list[{self.text}]", GenericAlias(list, (self.result,)), self.first)


@functools.cache
def hook_specs() -> dict[str, HookSpec]:
    """All hooks by name, in the order of :mod:`interlock_hooks.specs`."""
    functions = {name: value for name, value in vars(specs).items() if hasattr(value, f"{PROJECT_NAME}_spec")}
    return {
        name: HookSpec(
            text=function.__annotations__["return"],
            result=get_type_hints(function)["return"],
            first=bool(getattr(function, f"{PROJECT_NAME}_spec")["firstresult"]),
        )
        for name, function in functions.items()
    }


def guarded(
    name: str, functions: Mapping[str, tuple[Callable[..., Any], bool]], *, builtin: bool, note: Note
) -> ModuleType:
    """A module with the hook functions of the plugin ``name``; the flag of each says whether it is a wrapper.

    ``note`` is told of each answer to a hook of which the first result is used.

    Whatever they raise that is not an :class:`InterlockError` becomes one (IL805), and so does a result that is not of
    the type that the specification names (IL806).
    """
    module = ModuleType(name)
    for hook, (function, wraps) in functions.items():
        guard = _Guard(name, hook, builtin, note)
        setattr(module, hook, guard.wrapper(function) if wraps else guard.implementation(function))
    return module


@dataclass(frozen=True, slots=True)
class _Guard:
    """Watches one hook function of one plugin."""

    plugin: str
    hook: str
    builtin: bool
    note: Note

    def implementation(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*args: Any) -> Any:
            with self._blamed():
                result = function(*args)
            # pluggy leaves a None out of the results of every hook, so None always means "nothing to say".
            if result is not None:
                self._accept(result, hook_specs()[self.hook])
            return result

        return call

    def wrapper(self, function: Callable[..., Generator[None, Any, Any]]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*args: Any) -> Generator[None, Any, Any]:
            with self._blamed():
                result = yield from function(*args)
            specification = hook_specs()[self.hook]
            self._accept(result, specification if specification.first else specification.of_all_plugins)
            return result

        return call

    @contextmanager
    def _blamed(self) -> Iterator[None]:
        try:
            yield
        except (InterlockError, *_ENDS):
            raise
        # Whatever a plugin does, be it sys.exit(), must not end the command without a word.
        except BaseException as error:
            if self.builtin and isinstance(error, _OF_THE_SYSTEM):
                raise
            raise InterlockError(failed(self.plugin, self.hook, error, builtin=self.builtin)) from error

    def _accept(self, result: object, specification: HookSpec) -> None:
        self._check(result, specification)
        if specification.first:
            self.note(self.plugin, self.hook, result)

    def _check(self, result: object, specification: HookSpec) -> None:
        if not fits(result, specification.result):
            got = _described(result)
            raise InterlockError(wrong_type(self.plugin, self.hook, specification.text, got, builtin=self.builtin))
        # Interlock's own are held to their types by mypy. Where a field is wrong, it would fail far from the plugin.
        for each in () if self.builtin else result if isinstance(result, (list, tuple)) else (result,):
            if problem := _problem_in(each):
                got = f"a {type(each).__name__} that is not valid: {problem}"
                raise InterlockError(wrong_type(self.plugin, self.hook, specification.text, got, builtin=False))


def _problem_in(value: object) -> str | None:
    """Which field of a dataclass has another type than its class says, or what is not true of a wheel."""
    try:
        if is_dataclass(value):
            check_fields(value)
    except TypeError as error:
        return str(error)
    return _problem_of(value) if isinstance(value, BuiltWheel) else None


def _problem_of(wheel: BuiltWheel) -> str | None:
    """What a built wheel says of its file that is not so: it is installed, stored and vouched for by that."""
    try:
        name, version, *_ = parse_wheel_filename(wheel.path.name)
        if (name, version) != (wheel.name, Version(wheel.version)):
            return f"it is for {wheel.name} {wheel.version}, but its file is {wheel.path.name}"
        if sha256_of(wheel.path) != wheel.sha256:
            return f"sha256 is not the hash of {wheel.path}"
    except (OSError, InvalidWheelFilename, InvalidVersion) as error:
        return f"path: {error}"
    return None


def _described(value: object) -> str:
    """The type of a value, and those of the items in it."""
    items = [*value.keys(), *value.values()] if isinstance(value, Mapping) else value
    name = type(value).__name__
    if not isinstance(items, (list, tuple)):
        return name
    return f"{name}[{', '.join(sorted({type(item).__name__ for item in items}))}]"
