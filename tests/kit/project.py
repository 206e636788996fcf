"""The project of the scenarios: what the kit of plugin authors has, and what tests of Interlock itself need."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from interlock.core.files import sha256_of
from interlock_hooks.testing.channel import PLATFORM
from interlock_hooks.testing.project import PYTHON, TIMEOUT_SECONDS, label_of, program_path
from interlock_hooks.testing.project import Project as PublicProject
from interlock_hooks.testing.result import Result
from kit.contract import check_exit_code, check_output
from kit.processes import run_command

__all__ = ["PYTHON", "Project"]


class Project(PublicProject):
    """A project whose commands run in forks of one process, and that tells more of what they did."""

    def environment(self, variables: Mapping[str, str] | None = None, path: Sequence[Path] = ()) -> dict[str, str]:
        """The variables that commands are run with; what these leave in ``TMPDIR`` goes with the project."""
        temporary = self.cache.parent / "tmp"
        temporary.mkdir(exist_ok=True)
        return {"TMPDIR": str(temporary), **super().environment(variables, path)}

    def own(self, folder: str) -> None:
        """Give the project a part of the cache of its own that it otherwise shares with other tests."""
        (self.cache / folder).unlink()
        (self.cache / folder).mkdir()

    def run(
        self,
        *args: str,
        variables: Mapping[str, str] | None = None,
        path: Sequence[Path] = (),
        program: str = "interlock",
        cwd: Path | None = None,
        fresh: bool = False,
    ) -> Result:
        """Run a command of Interlock and wait for its end.

        ``variables`` are added to a clean environment and ``path`` is put in front of the system's ``PATH``, as a
        caller's shell might have them. ``fresh`` starts an interpreter of its own for the command, for tests of what
        happens before it; see :mod:`kit.processes`.
        """
        if args[:2] == ("cache", "prune"):
            shared = [name for name in ("layers", "prefixes") if (self.cache / name).is_symlink()]
            assert not shared, f"other tests build with {shared}: call own() before you prune"
        done = run_command(
            [program_path(program), *args],
            env=self.environment(variables, path),
            cwd=cwd or self.root,
            timeout=TIMEOUT_SECONDS,
            fresh=fresh,
        )
        words = args if program == "interlock" else ("env", *args)
        check_exit_code(words, done.returncode)
        check_output(words, done.stdout)
        return Result((program, *args), done.returncode, done.stdout, done.stderr)

    def start(self, *args: str) -> subprocess.Popen[str]:
        """Start a command of Interlock in a session of its own and go on."""
        return subprocess.Popen(
            [program_path("interlock"), *args],
            env=self.environment(),
            cwd=self.root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=_with_default_signals,
        )

    def target(self, platform: str = PLATFORM) -> dict[str, Any]:
        """The interpreter and platform that the lock has for the default environment."""
        python: dict[str, Any] = self._locked_platform(platform)["resolution"]["python"]
        return python

    def plan(self, name: str, platform: str = PLATFORM) -> dict[str, Any]:
        """The build plan that the lock has for a package of the default environment."""
        blocks = {label_of(block): block for block in self.lock.get("pypi", [])}
        plans = self._locked_platform(platform).get("plans", [])
        found: dict[str, Any] = next(plan for plan in plans if blocks[plan["package"]]["name"] == name)
        overlay = [blocks[label] for label in found.get("overlay", [])]
        return {**found, "overlay": {block["name"]: block["version"] for block in overlay}}

    def snapshot(self) -> dict[str, str]:
        """The lock and every file of the environment with its digest, to compare before and after.

        Byte code is left out: running the environment writes it.
        """
        found = {"interlock.lock": sha256_of(self.lock_file) if self.lock_file.is_file() else "absent"}
        for folder, _, names in os.walk(self.prefix):
            for name in names:
                path = Path(folder, name)
                if path.suffix != ".pyc" and path.is_file():
                    found[str(path.relative_to(self.prefix))] = sha256_of(path)
        return found


def _with_default_signals() -> None:
    """Tests that run in a script's background inherit that interrupts are ignored; the command must not."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
