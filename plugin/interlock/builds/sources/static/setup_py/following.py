"""A setup.py followed in every world: with which arguments it calls ``setup()``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.builds.sources.static.setup_py.deferred import suspicion
from interlock.builds.sources.static.setup_py.files import SourceFiles
from interlock.builds.sources.static.setup_py.machine import SetupCall, Workload
from interlock.builds.sources.static.setup_py.statements import Statements
from interlock.builds.sources.static.setup_py.values import DeadEndError, GiveUpError
from interlock.builds.sources.static.setup_py.worlds import EVERYWHERE, SplitError, World

if TYPE_CHECKING:
    from pathlib import Path

_MOST_WORLDS = 200


@dataclass(frozen=True, slots=True)
class Followed:
    """The calls of ``setup()`` that there may be in one world."""

    world: World
    calls: tuple[SetupCall, ...]


def follow(tree: Path) -> list[Followed]:
    """The calls of ``setup()`` in ``setup.py`` of a source tree, for each world in which there is one.

    Raises :class:`GiveUpError` when the code does what cannot be followed and could change them.
    """
    text = SourceFiles(tree).read_bytes("setup.py")
    if text is None:
        raise GiveUpError("setup.py cannot be read")
    workload = Workload()
    worlds: list[World] = [EVERYWHERE]
    runs: list[Statements] = []
    found: list[Followed] = []
    while worlds:
        world = worlds.pop()
        try:
            run = _run(tree, text, world, workload)
        except SplitError as split:
            worlds.extend(reversed(split.parts(world)))
            if len(worlds) + len(found) > _MOST_WORLDS:
                raise GiveUpError("setup.py tells too many environments apart") from split
            continue
        runs.append(run)
        if run.calls:
            found.append(Followed(world, tuple(run.calls)))
    if not found:
        raise GiveUpError("setup.py does not call setup() in a way that can be followed")
    reason = _distrust(runs)
    if reason is not None:
        raise GiveUpError(reason)
    return found


def _run(tree: Path, text: bytes, world: World, workload: Workload) -> Statements:
    machine = Statements(SourceFiles(tree), world, workload)
    scope = machine.new_scope(None, {})
    try:
        machine.run_text(text, scope, "setup.py")
    except DeadEndError:
        pass
    except RecursionError as error:
        raise GiveUpError("setup.py is nested too deeply") from error
    return machine


def _distrust(runs: list[Statements]) -> str | None:
    """Why code that setup() runs later may change the requirements."""
    calls = [call for run in runs for call in run.calls]
    for call in calls:
        if call.distrust is not None:
            return f"setup() gets a command or distribution class that may do anything: {call.distrust}"
    followed = {file: tree for run in runs for file, tree in run.followed}
    feeding = frozenset[str]().union(*(call.feeding for call in calls))
    inner = frozenset[str]().union(*(call.feeding_inner for call in calls))
    return suspicion(followed.items(), feeding, inner)
