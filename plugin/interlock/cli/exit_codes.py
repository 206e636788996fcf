"""Which exit codes each command can have, and when: for the reference. The scenarios hold commands to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock_hooks.types import ExitCode

if TYPE_CHECKING:
    from collections.abc import Mapping

_FAILED = "the request cannot be satisfied"
_ALWAYS = {
    ExitCode.DONE: "success",
    ExitCode.UNSATISFIABLE: f"{_FAILED}, or the system refuses something",
    ExitCode.USAGE: "the command line or the manifest is wrong",
    ExitCode.INTERRUPTED: "interrupted",
}
_SOLVES = {
    ExitCode.UNSATISFIABLE: f"{_FAILED}: for example, there is no solution",
    ExitCode.BUILD_FAILED: "a package cannot be built, or its build backend fails while locking",
    ExitCode.VERIFICATION_FAILED: "CUDA versions contradict each other, or a file does not have its hash",
}
_INSTALLS = {
    **_SOLVES,
    ExitCode.VERIFICATION_FAILED: f"{_SOLVES[ExitCode.VERIFICATION_FAILED]}, or a wheel does not fit the environment",
}
_FOLLOWS_LOCK = {ExitCode.UNSATISFIABLE: f"{_SOLVES[ExitCode.UNSATISFIABLE]}, or with --locked the lock is out of date"}
_USES = {**_INSTALLS, **_FOLLOWS_LOCK}
_OF_COMMANDS: Mapping[str, Mapping[ExitCode, str]] = {
    "env install": _USES,
    "env lock": {**_SOLVES, ExitCode.UNSATISFIABLE: f"{_FAILED}, or with --check the lock is out of date"},
    "env add": _INSTALLS,
    "env remove": _INSTALLS,
    "env import": _INSTALLS,
    "env update": _INSTALLS,
    "env upgrade": _INSTALLS,
    "env outdated": {**_SOLVES, ExitCode.UNSATISFIABLE: f"{_FAILED}, or with --check a package could be newer"},
    "env run": _USES,
    "env shell": _USES,
    "env shell-hook": _USES,
    "env exec": _INSTALLS,
    "env export": {**_SOLVES, **_FOLLOWS_LOCK},
    "env pack": _USES,
    "wheels build": _INSTALLS,
    "wheels publish": _USES,
    "env doctor": {ExitCode.VERIFICATION_FAILED: "the environment has errors"},
    "cache verify": {ExitCode.VERIFICATION_FAILED: "something in the cache was damaged"},
    "audit": {
        ExitCode.UNSATISFIABLE: f"{_FAILED}: for example, no database of advisories, or no index, can be asked",
        ExitCode.VERIFICATION_FAILED: "a wheel does not fit the environment, a package has a known vulnerability, "
        "or an attestation does not hold",
    },
}
# Commands that end as the program that they start.
OF_PROGRAMS = frozenset({"env run", "env exec", "env shell"})


def exit_codes(command: str) -> Mapping[int, str]:
    """The exit codes of a command, such as ``env install``, and when it has them, in order.

    Those in :data:`OF_PROGRAMS` have that of their program instead once it runs.
    """
    codes = {**_ALWAYS, **_OF_COMMANDS.get(command, {})}
    return {int(code): codes[code] for code in ExitCode if code in codes}
