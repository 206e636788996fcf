"""A setup.py followed in every world: with which arguments it calls ``setup()``, and what it surely does besides."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path

from interlock.builds.sources.static.setup_py.deferred import suspicion
from interlock.builds.sources.static.setup_py.files import SourceFiles
from interlock.builds.sources.static.setup_py.known_functions import is_own
from interlock.builds.sources.static.setup_py.machine import SetupCall, Workload
from interlock.builds.sources.static.setup_py.statements import Statements
from interlock.builds.sources.static.setup_py.values import DeadEndError, GiveUpError
from interlock.builds.sources.static.setup_py.worlds import EVERYWHERE, SplitError, World

_MOST_WORLDS = 200


@dataclass(frozen=True, slots=True)
class Followed:
    """The calls of ``setup()`` that there may be in one world."""

    world: World
    calls: tuple[SetupCall, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """What following a setup.py shows.

    ``obstacle`` is why its calls of ``setup()`` are not known, ``distrust`` why code that ``setup()`` runs later may
    change what they declare. ``done`` is what it imports (``torch.utils``) and calls (``torch.version()``) of other
    projects in every world, with the place; that is known even if ``setup()`` is not followed.
    """

    found: tuple[Followed, ...] = ()
    obstacle: str | None = None
    distrust: str | None = None
    done: Mapping[str, str] = field(default_factory=dict)
    followed: tuple[ast.Module, ...] = ()


Follow = Callable[[Path], Script]


def follow_script(tree: Path) -> Script:
    """What following the ``setup.py`` of a source tree shows."""
    text = SourceFiles(tree).read_bytes("setup.py")
    if text is None:
        return Script(obstacle="setup.py cannot be read")
    workload = Workload()
    unsure: frozenset[str] = frozenset()
    while True:
        runs = _runs(tree, text, workload, unsure)
        if runs is None:
            plain = _plain_imports(Statements(SourceFiles(tree), EVERYWHERE, workload), text)
            return Script(obstacle="setup.py tells too many environments apart", done=plain)
        made = frozenset[str]().union(*(run.machine.files.made() for run in runs))
        if made <= unsure:
            break
        # A backend runs setup.py several times in the same tree.
        unsure |= made
    machines = [run.machine for run in runs]
    found = tuple(Followed(each.world, tuple(each.calls)) for each in machines if each.calls)
    nothing = None if found else "setup.py does not call setup() in a way that can be followed"
    return Script(
        found=found,
        obstacle=next((run.obstacle for run in runs if run.obstacle is not None), nothing),
        distrust=_distrust(machines),
        done=reduce(_in_both, (run.done for run in runs)),
        followed=tuple(module for each in machines for _, module in each.followed),
    )


@dataclass(frozen=True, slots=True)
class _Run:
    machine: Statements
    done: Mapping[str, str]
    obstacle: str | None = None


def _runs(tree: Path, text: bytes, workload: Workload, unsure: frozenset[str]) -> list[_Run] | None:
    """The code followed in each world that it tells apart; ``None`` if these are too many."""
    worlds: list[World] = [EVERYWHERE]
    runs: list[_Run] = []
    while worlds:
        world = worlds.pop()
        try:
            runs.append(_run(SourceFiles(tree, unsure), text, world, workload))
        except SplitError as split:
            worlds.extend(reversed(split.parts(world)))
            if len(worlds) + sum(bool(run.machine.calls) for run in runs) > _MOST_WORLDS:
                return None
    return runs


def _run(files: SourceFiles, text: bytes, world: World, workload: Workload) -> _Run:
    machine = Statements(files, world, workload)
    scope = machine.new_scope(None, {})
    try:
        machine.run_text(text, scope, "setup.py")
    except DeadEndError:
        pass
    except RecursionError:
        return _Run(machine, machine.surely, "setup.py is nested too deeply")
    except GiveUpError as error:
        return _Run(machine, {**_plain_imports(machine, text, machine.passed + 1), **machine.surely}, str(error))
    return _Run(machine, machine.surely)


def _plain_imports(machine: Statements, text: bytes, begin: int = 0) -> dict[str, str]:
    """The import statements of a script itself, from one of its statements on."""
    try:
        statements = machine.workload.parse(text, "setup.py").body[begin:]
    except GiveUpError:
        return {}
    found: dict[str, str] = {}
    for node in statements:
        if isinstance(node, ast.Import):
            found |= {alias.name: f"setup.py:{node.lineno}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found[node.module] = f"setup.py:{node.lineno}"
    return {name: place for name, place in found.items() if _is_foreign(machine, name.partition(".")[0])}


def _is_foreign(machine: Statements, top: str) -> bool:
    """Whether a module is another project's, and not one of the source."""
    return not is_own(top) and not machine.is_local(top)


def _in_both(one: Mapping[str, str], other: Mapping[str, str]) -> Mapping[str, str]:
    return {what: place for what, place in one.items() if what in other}


def _distrust(runs: list[Statements]) -> str | None:
    """Why code that setup() runs later may change the requirements."""
    calls = [call for run in runs for call in run.calls]
    for call in calls:
        if call.distrust is not None:
            return f"setup() gets a command or distribution class that may do anything: {call.distrust}"
    followed = {file: tree for run in runs for file, tree in run.followed}
    feeding = frozenset[str]().union(*(call.feeding for call in calls))
    inner = frozenset[str]().union(*(call.feeding_inner for call in calls))
    commands = frozenset[str]().union(*(call.commands for call in calls))
    read = frozenset[str]().union(*(run.read for run in runs))
    doubt = suspicion(followed.items(), feeding, inner, commands, read)
    idle = {name: command for call in calls for name, command in call.idle.items()}
    if doubt is None or not idle:
        return doubt
    # Commands that nobody runs may do what they like.
    return suspicion(followed.items(), feeding, inner, commands | set(idle.values()), read, frozenset(idle))
