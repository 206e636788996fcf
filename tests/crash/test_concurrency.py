"""Eight commands at once on two environments of one project, with one store: none of them harms another.

``make crash`` does this for as many rounds as one likes; the normal run has one.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from crash.invariants import faults_of, is_locked, state_of
from kit.project import Project

pytestmark = [pytest.mark.scenario, pytest.mark.timeout(0)]

_ROUNDS = int(os.environ.get("CRASH_ROUNDS", "1"))
_ENVIRONMENTS = ("default", "other")
_COMMANDS = (
    *(("env", "install", "-e", name) for name in (*_ENVIRONMENTS, *_ENVIRONMENTS)),
    ("env", "update"),
    ("env", "update", "app"),
    ("env", "lock"),
    ("env", "run", "-e", "other", "--", "true"),
)
# What a command may say instead of doing it: somebody else has written the manifest or the lock.
_REFUSED = "IL134"


def declare(project: Project, version: str) -> None:
    extra = """
    [tool.pixi.feature.more.pypi-dependencies]
    more = "*"

    [tool.pixi.environments]
    other = ["more"]
    """
    project.declare(f"app{version}", "ext", conda={"libtool": "*"}, extra=extra)


def test_commands_at_once_leave_whole_environments(project: Project) -> None:
    for version in ("1.0", "2.0"):
        project.index.wheel("app", version, modules={"app.py": version, f"app{version[0]}.py": ""})
        project.channel.add("libtool", version, files={"share/libtool": version, f"share/lib{version[0]}": ""})
    project.index.wheel("more", "1.0")
    project.index.sdist("ext", "1.0")
    declare(project, "<2")
    project.run("env", "lock").ok()
    for turn in range(_ROUNDS):
        declare(project, (">=1", "==2.0", "<2")[turn % 3])
        with ThreadPoolExecutor(len(_COMMANDS)) as pool:
            done = list(pool.map(lambda command: project.run(*command), _COMMANDS))
        failed = [each for each in done if each.code and _REFUSED not in each.err]
        assert not failed, "\n".join(f"{each.args}: {each.err}" for each in failed)
        for name in _ENVIRONMENTS:
            prefix = project.prefix.with_name(name)
            assert not is_locked(prefix.with_name(f".{name}.lock"))
            project.run("env", "install", "-e", name, "--locked").ok()
            assert state_of(prefix)["complete"]
            assert list(faults_of(prefix)) == []
            assert project.run("env", "doctor", "-e", name, "--json").ok().findings == []
