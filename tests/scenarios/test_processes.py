"""Scenarios run commands in forks of a process that has imported them: that changes nothing about a command."""

from __future__ import annotations

import pytest

from kit.project import Project

pytestmark = pytest.mark.scenario

COMMANDS = (
    ("--version",),
    ("--help",),
    ("env", "nonsense"),
    ("env", "list", "--json"),
    ("env", "tree"),
    ("env", "why", "lib"),
    ("env", "run", "--", "python", "-c", "import sys; print(sys.path, sys.argv); sys.exit(3)", "x"),
    ("env", "install", "--locked", "--quiet"),
    ("env", "lock"),
    ("plugins", "list", "--json"),
    ("env", "info"),
)


def test_a_forked_command_prints_and_ends_as_the_installed_program_does(project: Project) -> None:
    project.index.wheel("app", "1.0", requires=["lib"])
    project.index.wheel("lib", "1.0")
    project.declare("app")
    project.plugin("own-plugin", "from interlock_hooks import hookimpl\n")
    project.install().ok()
    for command in COMMANDS:
        forked, fresh = project.run(*command), project.run(*command, fresh=True)
        assert (forked.code, forked.out, forked.err) == (fresh.code, fresh.out, fresh.err)
    lock = project.lock_file.read_bytes()
    project.lock_file.unlink()
    project.run("env", "lock", fresh=True).ok()
    assert project.lock_file.read_bytes() == lock
    project.declare("app==2")
    forked, fresh = project.install(), project.run("env", "install", "--json", fresh=True)
    assert (forked.code, forked.findings) == (fresh.code, fresh.findings)
