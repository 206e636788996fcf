"""Commands are killed at every side effect and at random times: nothing is lost, left half done or left behind.

``make crash`` does this as often as one likes; the normal run has few kills, always the same ones.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

import pytest

from crash.arena import Arena, Case, Outcome
from crash.saved import Saved
from crash.victim import Fault
from interlock_hooks.testing.channel import Channel
from interlock_hooks.testing.index import Index
from kit.project import Project

pytestmark = [pytest.mark.scenario, pytest.mark.timeout(0)]

_KILLS = int(os.environ.get("CRASH_KILLS", "50"))
# `env doctor` compares once more what this test compares after each kill.
_DOCTOR_EACH = 1 if "CRASH_KILLS" in os.environ else 3
_SEED = int(os.environ.get("CRASH_SEED", "0"))
_MOST_IN_ONE = 50
# How long the engines work on the environment, on a busy machine as well, in seconds.
_STEP = 0.08


@pytest.fixture
def arena(tmp_path: Path, channel: Channel, index: Index) -> Arena:
    """A project with the caches of nobody else: what a kill leaves there is a part of the test."""
    (tmp_path / "tmp").mkdir()
    for version in ("1.0", "2.0"):
        major = version[0]
        modules = {"app/__init__.py": version, f"app/only{major}.py": "", "app/data/both.txt": version}
        index.wheel("app", version, requires=["lib"], modules=modules, scripts={"app": "app:f", f"app{major}": "app:f"})
        index.wheel("lib", version, modules={"lib.py": version, f"libs/only{major}.py": ""})
        files = {"share/libtool/both": version, f"share/libtool/only{major}": "", "bin/libtool": version}
        channel.add("libtool", version, files=files)
    index.wheel("more", "1.0", modules={"more.py": ""})
    return Arena(Project(tmp_path, channel, index, tmp_path / "caches"), tmp_path)


def cases_of(arena: Arena) -> list[Case]:
    """Commands of every kind that changes an environment, each from the state in which it has something to do."""
    project = arena.project
    project.declare("app<2", conda={"libtool": "1.*"})
    made = [arena.case("install", "env", "install")]
    project.declare("app", conda={"libtool": "*"})
    assert arena.run("env", "install").code == 0
    made.append(arena.case("update", "env", "update"))
    new = Saved.of(arena.folders, arena.base / "saved" / "new")
    made.append(arena.case("add", "env", "add", "--pypi", "more"))
    new.put_back()
    made.append(arena.case("remove", "env", "remove", "app"))
    new.put_back()
    previous = Outcome.of(project)
    project.declare("lib<2", conda={"libtool": "1.*"})
    made.append(arena.case("changed", "env", "install", previous=previous))
    return made


def faults(arena: Arena, cases: list[Case], dice: random.Random) -> Iterator[tuple[Case, Fault]]:
    """Each side effect once, and between them random moments, half of them while an engine works; without end."""
    root = str(arena.base)
    points = [
        (case, Fault(root=root, at=at, torn=torn))
        for case in cases
        for at, (event, *_) in enumerate(case.events)
        for torn in ((False, True) if event == "open" else (False,))
    ]
    dice.shuffle(points)
    for point in chain(points, iter(lambda: None, 0)):
        if point is not None:
            yield point
        case = dice.choice(cases)
        yield case, Fault(root=root, delay=dice.uniform(0, case.seconds))
        case = dice.choice(cases)
        yield case, Fault(root=root, at=dice.choice(case.engine_starts), delay=dice.uniform(0, _STEP))


@pytest.mark.parametrize("part", range(-(-_KILLS // _MOST_IN_ONE)))
def test_killed_commands_leave_an_environment_that_the_next_one_completes(arena: Arena, part: int) -> None:
    dice = random.Random(f"{_SEED} {part}")
    cases = cases_of(arena)
    wanted = min(_KILLS - part * _MOST_IN_ONE, _MOST_IN_ONE)
    outcomes = (arena.kill(case, fault, back=dice.random() < 1 / 3) for case, fault in faults(arena, cases, dice))
    killed = islice((outcome for outcome in outcomes if outcome is not None), wanted)
    violations: list[str] = []
    for number, outcome in enumerate(killed):
        violations += outcome
        if number % _DOCTOR_EACH == 0:
            violations += arena.after_doctor()
    assert not violations, f"{len(violations)} violations in {wanted} kills:\n" + "\n".join(violations)
