"""The exit codes of each command; the kit holds every run of a scenario to them."""

from __future__ import annotations

import pytest

from interlock.cli import exit_codes as declared
from interlock.cli.documents.commands import DOCUMENTS
from interlock.cli.exit_codes import OF_PROGRAMS, exit_codes
from interlock_hooks.types import ExitCode
from kit.contract import check_exit_code


@pytest.mark.parametrize("command", DOCUMENTS)
def test_every_command_can_succeed_fail_and_be_stopped(command: str) -> None:
    codes = exit_codes(command)
    assert {0, 1, 2, 130} <= set(codes)
    assert list(codes) == sorted(codes)
    assert set(codes) <= {int(code) for code in ExitCode}


def test_only_commands_are_named() -> None:
    assert {*declared._OF_COMMANDS, *OF_PROGRAMS} <= set(DOCUMENTS)


def test_what_solves_can_fail_at_a_build() -> None:
    assert {command for command in DOCUMENTS if 3 in exit_codes(command)} == {
        *("env install", "env lock", "env add", "env remove", "env import", "env update", "env upgrade"),
        *("env outdated", "env run", "env shell", "env shell-hook", "env exec", "env export", "env pack"),
        *("wheels build", "wheels publish"),
    }


def test_the_kit_complains_about_an_exit_code_that_is_not_named() -> None:
    check_exit_code(("env", "list", "--json"), 2)
    check_exit_code(("env", "run", "--", "false"), 17)
    check_exit_code(("env", "install"), -9)
    check_exit_code(("--version",), 0)
    with pytest.raises(AssertionError, match=r"env list --json: exit code 3"):
        check_exit_code(("env", "list", "--json"), 3)
