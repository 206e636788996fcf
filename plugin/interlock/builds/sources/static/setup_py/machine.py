"""What the abstract evaluation works on: its state, the files of the source tree, and operations on constants."""

from __future__ import annotations

import io
import operator
import re
import warnings
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from interlock.builds.sources.static.setup_py.known_functions import TRUSTED, is_own, is_present
from interlock.builds.sources.static.setup_py.state import State
from interlock.builds.sources.static.setup_py.syntax import is_generator, parse_python
from interlock.builds.sources.static.setup_py.values import (
    Content,
    DeadEndError,
    Dependent,
    External,
    Function,
    GiveUpError,
    Kind,
    LocalClass,
    LocalModule,
    Mapping,
    Method,
    ModuleSpec,
    NotConcreteError,
    Ref,
    Sequence,
    Unknown,
    Value,
    is_lacking,
)
from interlock.builds.sources.static.setup_py.worlds import AXES, SplitError, World

if TYPE_CHECKING:
    import ast

    from interlock.builds.sources.static.setup_py.files import SourceFiles

# The functions that hand the metadata over; all of them end in setuptools' own.
SETUP_FUNCTIONS = ("setuptools.setup", "distutils.core.setup", "skbuild.setup")
# The commands of setuptools that building a wheel may run, less build_ext.
RUN_BY_BUILDS = frozenset(
    [
        *(
            "bdist",
            "bdist_egg",
            "bdist_wheel",
            "build",
            "build_clib",
            "build_py",
            "build_scripts",
            "develop",
            "dist_info",
        ),
        *("editable_wheel", "egg_info", "install", "install_data", "install_egg_info", "install_headers"),
        *("install_lib", "install_scripts", "sdist"),
    ]
)
_MOST_STEPS = 300_000
_ITERABLE: tuple[Kind, ...] = ("list", "set", "iterator", "file")
_LARGEST = 1_000_000  # characters or items; a setup.py has no use for more
_UNCHANGING = (str, bytes, int, float, type(None), re.Match, re.Pattern, PurePosixPath, slice, range)


@dataclass(slots=True)
class Frame:
    """A function (or module) that is being followed."""

    scope: int
    module: int
    file: str
    base: int = field(init=False)
    globals: set[str] = field(default_factory=set)
    returns: list[tuple[Value, State]] = field(default_factory=list)
    yields: Ref | None = None

    def __post_init__(self) -> None:
        # Where names are bound from within a comprehension, which has a scope of its own.
        self.base = self.scope


@dataclass(frozen=True, slots=True)
class SetupCall:
    """A call of ``setup()``: its arguments as Python objects, those that are not known as :class:`Unknown`.

    ``distrust`` is why its commands may do anything. ``commands`` are the names of those that may
    do so, but that no build runs by itself;
    ``idle`` are classes of the source for such commands, with their names.
    ``feeding`` are the names in modules of objects that its
    requirements are in, ``feeding_inner`` those in functions as well.
    """

    arguments: dict[str, Any]
    lines: dict[str, str]
    feeding: frozenset[str]
    feeding_inner: frozenset[str]
    spread: Unknown | None = None
    distrust: str | None = None
    commands: frozenset[str] = frozenset()
    idle: dict[str, str] = field(default_factory=dict)


def lines_of(text: Any) -> tuple[Any, ...]:
    """The lines of a file, with their ends."""
    return tuple(io.BytesIO(text) if isinstance(text, bytes) else io.StringIO(text))


def _unshared(result: Any, arguments: tuple[Value, ...]) -> Any:
    """A result that shares no list with the arguments of an operation; they were copied for it."""
    inner = result.values() if isinstance(result, dict) else result
    shares = isinstance(inner, Collection) and not isinstance(inner, (str, bytes)) and any(map(_holds_lists, inner))
    if shares and any(isinstance(argument, (Ref, tuple)) for argument in arguments):
        raise TypeError("a result that shares lists with its arguments")
    return result


def _holds_lists(thing: Any) -> bool:
    return isinstance(thing, (list, dict, set)) or (isinstance(thing, tuple) and any(map(_holds_lists, thing)))


class Workload:
    """How much of the work that following a setup.py may take is left, and what was parsed on the way."""

    def __init__(self) -> None:
        self.done = 0
        self.limits = [_MOST_STEPS]
        self._parsed: dict[str | bytes, ast.Module] = {}
        self._generators: dict[ast.FunctionDef, bool] = {}

    def parse(self, text: str | bytes, file: str) -> ast.Module:
        """The syntax tree of a module. Raises :class:`GiveUpError`."""
        if text not in self._parsed:
            self._parsed[text] = parse_python(text, file)
        return self._parsed[text]

    def is_generator(self, definition: ast.FunctionDef) -> bool:
        """Whether a function yields."""
        if definition not in self._generators:
            self._generators[definition] = is_generator(definition)
        return self._generators[definition]


class Machine:
    """The state of one run through a setup.py in one world."""

    def __init__(self, files: SourceFiles, world: World, workload: Workload) -> None:
        self.files = files
        self.workload = workload
        self.world = world
        # The points of axes that an operation is being done at.
        self.points: dict[str, int] = {}
        # The names that were looked up.
        self.read: set[str] = set()
        self.state: State = State()
        self.parents: dict[int, int | None] = {}
        self.frames: list[Frame] = []
        self.tries: list[list[State]] = []
        self.calls: list[SetupCall] = []
        self.followed: list[tuple[str, ast.Module]] = []
        self.modules: dict[str, LocalModule | Unknown] = {}
        self.passed = 0  # statements of the script itself
        self.surely: dict[str, str] = {}  # what they have done
        self._ids = count()

    @property
    def frame(self) -> Frame:
        """What is being followed."""
        return self.frames[-1]

    def step(self, cost: int = 1) -> None:
        """Count work; raises :class:`GiveUpError` when there was too much of it."""
        self.workload.done += cost
        if self.workload.done > self.workload.limits[-1]:
            raise GiveUpError(f"{self.frame.file} is too much to follow")

    def fork(self) -> State:
        """A copy of the state, for one of several ways."""
        self.step(1 + len(self.state.heap) // 20)
        return self.state.copy()

    @contextmanager
    def limited(self) -> Iterator[None]:
        """Allow a part of the code only some of the work that is left."""
        limits = self.workload.limits
        limits.append(min(limits[-1], self.workload.done + _MOST_STEPS // 20))
        try:
            yield
        finally:
            limits.pop()

    def do(self, what: str, node: Any) -> None:
        """Note that the code imports or calls something, unless that is Python's own or setuptools'."""
        if what not in self.state.done and not is_own(what.partition(".")[0]):
            self.state.done = {**self.state.done, what: self.place(node)}

    def place(self, node: Any) -> str:
        """Where a node of the syntax tree is, for messages."""
        return f"{self.frame.file}:{getattr(node, 'lineno', 1)}"

    # The heap

    def new(self, content: Content) -> Ref:
        """Something new in the heap."""
        ref = Ref(next(self._ids))
        self.state.heap[ref.id] = content
        return ref

    def new_scope(self, parent: int | None, names: dict[str, Value]) -> int:
        """A new scope; names that it does not have are looked up in ``parent``."""
        ref = self.new(Mapping(dict(names)))
        self.parents[ref.id] = parent
        return ref.id

    def content(self, ref: Ref) -> Content:
        """What is in a place of the heap."""
        return self.state.heap.get(ref.id, Unknown("it is made elsewhere"))

    def held(self, value: Value) -> Content:
        """What is in the place that a value refers to; for any other value, why it is not known."""
        return self.content(value) if isinstance(value, Ref) else self.as_unknown(value)

    def items(self, value: Value) -> tuple[Value, ...]:
        """What iterating over a value gives. Raises :class:`NotConcreteError`."""
        if isinstance(value, Dependent) and (columns := self._columns(value)) is not None:
            return columns
        value = self.force(value)
        if isinstance(value, (tuple, str, range)) and len(value) <= _LARGEST:
            return tuple(value)
        content = self.held(value)
        if isinstance(content, Mapping):
            return tuple(self.certain(content))
        if isinstance(content, Unknown) or content.kind not in _ITERABLE:
            raise NotConcreteError(content if isinstance(content, Unknown) else Unknown("it is not a list"))
        if content.kind in ("iterator", "file"):
            self.state.heap[value.id] = Unknown("it is read twice")
        return lines_of(content.items[0]) if content.kind == "file" else content.items

    def _columns(self, value: Dependent) -> tuple[Value, ...] | None:
        """What iterating over a tuple gives, if it has the same length everywhere."""
        rows = [value.values[point] for point in self.world[value.axis]]
        if value.axis in self.points or not all(isinstance(row, tuple) and len(row) == len(rows[0]) for row in rows):
            return None
        return tuple(self.pure("a part", operator.itemgetter(place), value) for place in range(len(rows[0])))

    def certain(self, content: Mapping) -> dict[Any, Value]:
        """The items of a dictionary. Raises :class:`NotConcreteError` if it may lack some of them."""
        for value in content.items.values():
            if is_lacking(value):
                raise NotConcreteError(value)
        return content.items

    def escape(self, reason: str, *values: Value) -> None:
        """Let values get to code that is not followed: it may change whatever can be reached from them."""
        for value in values:
            if isinstance(value, External) and value.dotted in SETUP_FUNCTIONS:
                raise GiveUpError(f"setup() is given to code that is not followed: {reason}")
            for place in self.state.reachable(value, self.step):
                if place in self.parents:
                    raise GiveUpError(f"names are given to code that is not followed: {reason}")
                self.state.heap[place] = Unknown(reason)

    # What is not known

    def may_raise(self) -> None:
        """The code may raise an exception here."""
        if self.tries:
            self.tries[-1].append(self.fork())

    def unknown(self, reason: str, *involved: Value) -> Unknown:
        """The result of an operation that is not followed, on what is ``involved``."""
        self.escape(reason, *involved)
        self.may_raise()
        return next((value for value in involved if isinstance(value, Unknown) and not value.absent), Unknown(reason))

    def dead_end(self) -> DeadEndError:
        """The exception that ends this way through the code."""
        self.may_raise()
        return DeadEndError()

    def as_unknown(self, value: Value) -> Unknown:
        """Why a value is not a constant."""
        match value:
            case Unknown():
                return value
            case External(dotted):
                return Unknown(f"it depends on {dotted.removeprefix('builtins.')}")
            case Function() | LocalClass() | Method() | LocalModule() | ModuleSpec():
                return Unknown("it is not a constant")
        return Unknown("it is not a text, number or list of them")

    # Constants

    def concrete(self, value: Value) -> Any:
        """The Python object that a value stands for. Raises :class:`NotConcreteError`."""
        value = self.force(value)
        if isinstance(value, tuple):
            return tuple(map(self.concrete, value))
        if isinstance(value, _UNCHANGING):
            return value
        if not isinstance(value, Ref):
            raise NotConcreteError(self.as_unknown(value))
        content = self.content(value)
        if isinstance(content, Mapping):
            return {key: self.concrete(item) for key, item in self.certain(content).items()}
        items = list(map(self.concrete, self.items(value)))
        return set(items) if isinstance(content, Sequence) and content.kind == "set" else items

    def abstract(self, thing: Any) -> Value:
        """The value for a Python object. Raises :class:`TypeError` for objects that no value stands for."""
        if isinstance(thing, dict):
            return self.new(Mapping({key: self.abstract(item) for key, item in thing.items()}))
        if isinstance(thing, (list, set, frozenset)):
            kind: Kind = "list" if isinstance(thing, list) else "set"
            return self.new(Sequence(tuple(map(self.abstract, thing)), kind))
        if isinstance(thing, tuple):
            return tuple(map(self.abstract, thing))
        if isinstance(thing, (str, bytes)) and len(thing) > _LARGEST:
            raise ValueError("too long")
        if isinstance(thing, _UNCHANGING):
            return thing
        raise TypeError(type(thing).__name__)

    def pure(self, name: str, operation: Callable[..., Any], *arguments: Value) -> Value:
        """The result of an operation without effects on constants; unknown if one of them is."""
        before = {each.id: self.content(each) for each in arguments if isinstance(each, Ref)}
        try:
            try:
                held = tuple(map(self.concrete, arguments))
            except SplitError as split:
                return self._pure_on_axis(split.axis, operation, arguments, before)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return self.abstract(_unshared(operation(*held), arguments))
        except NotConcreteError as error:
            self._escape_parts(error.unknown.reason, arguments)
            self.may_raise()
            return Unknown(error.unknown.reason)
        except (SplitError, GiveUpError, DeadEndError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever Python's operations raise on these constants
            self.escape(f"{name} is not followed", *arguments)
            self.may_raise()
            return Unknown(f"{name} raises {type(error).__name__}")

    def _escape_parts(self, reason: str, arguments: tuple[Value, ...]) -> None:
        """The result may share what the arguments hold, though it is not one of them."""
        for argument in arguments:
            content = self.content(argument) if isinstance(argument, Ref) else argument
            inner = content.items if isinstance(content, (Sequence, Mapping)) else content
            self.escape(reason, *(inner.values() if isinstance(inner, dict) else [inner]))

    def _pure_on_axis(
        self, axis: str, operation: Callable[..., Any], arguments: tuple[Value, ...], before: dict[int, Content]
    ) -> Value:
        values: list[Value] = [None] * len(AXES[axis])
        for point in self.world[axis]:
            # What can be read once is read at each point.
            self.state.heap.update(before)
            with self._at(axis, point):
                result = operation(*map(self.concrete, arguments))
            # A list that differs from place to place can only be looked into.
            values[point] = tuple(result) if isinstance(result, list) else result
            self.abstract(values[point])
        self.step(len(self.world[axis]) // 20)
        found = Dependent(axis, tuple(values))
        groups = self._groups(found)
        return values[next(iter(groups[0]))] if len(groups) == 1 else found

    @contextmanager
    def _at(self, axis: str, point: int) -> Iterator[None]:
        """Take everything that depends on an axis as it is at one point of it."""
        self.points[axis] = point
        try:
            yield
        finally:
            del self.points[axis]

    def distrust_commands(self, value: Value) -> str | None:
        """Why one of the commands that a build runs may do anything, of those that ``cmdclass`` names.

        What compiles extensions comes from many packages, and knows nothing of requirements.
        """
        content = self.content(value) if isinstance(value, Ref) else None
        if isinstance(value, Unknown) and value.complete and value.among:
            return next(filter(None, map(self.distrust_commands, value.among)), None)
        if not isinstance(content, Mapping):
            return self.distrust(value)
        run = [held for name, held in content.items.items() if name in RUN_BY_BUILDS]
        return next(filter(None, map(self.distrust, run)), None)

    def distrust(self, value: Value) -> str | None:
        """Why a command or distribution class may do anything; ``None`` if it is the source's own or well known."""
        match value:
            case None:
                return None
            case External(dotted) if dotted.startswith(TRUSTED):
                return None
            case LocalClass(_, suspect):
                return suspect
            case Unknown(among=among, complete=True) if among:
                return next(filter(None, map(self.distrust, among)), None)
            case Ref():
                return self.as_unknown(self.content(value)).reason
        return self.as_unknown(value).reason

    def force(self, value: Value) -> Value:
        """The value in this world. Raises :class:`SplitError` if the world has to be parted for it."""
        if not isinstance(value, Dependent):
            return value
        if value.axis in self.points:
            return value.values[self.points[value.axis]]
        groups = self._groups(value)
        if len(groups) > 1:
            raise SplitError(value.axis, groups)
        return value.values[next(iter(groups[0]))]

    def _groups(self, value: Dependent) -> list[frozenset[int]]:
        groups: dict[tuple[type, Value], list[int]] = {}
        for point in sorted(self.world[value.axis]):
            groups.setdefault((type(value.values[point]), value.values[point]), []).append(point)
        return [frozenset(group) for group in groups.values()]

    def truth(self, value: Value) -> bool | None:
        """Whether a value counts as true; ``None`` if that is not known."""
        value = self.force(value)
        if isinstance(value, Ref):
            content = self.content(value)
            if isinstance(content, Unknown) or (isinstance(content, Sequence) and content.kind in ("iterator", "file")):
                return None
            if isinstance(content, Mapping) and any(map(is_lacking, content.items.values())):
                return None
            return bool(content.items)
        if isinstance(value, (Unknown, External)):
            return True if is_present(value) else None
        return True if isinstance(value, (Function, LocalClass, Method, LocalModule, ModuleSpec)) else bool(value)
