"""A project whose packages come from PyPI: the real command line with the user's own network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import tomli
import tomli_w

from interlock_hooks.testing.channel import PLATFORM, Channel
from interlock_hooks.testing.result import Result
from kit.project import PYTHON

# Compiling a torch extension takes minutes on a small machine, and longer on a busy one.
_TIMEOUT_SECONDS = 3600
# What a shell may have set that would decide what such a test finds out.
_PRIVATE = ("CONDA_", "INTERLOCK_", "PYTHON", "UV_INDEX", "UV_FIND_LINKS", "VIRTUAL_ENV")
# The command line on a machine of another kind: its name alone decides that backends of this one cannot be asked.
_ELSEWHERE = (
    "import platform, sys; platform.machine = lambda: 'riscv64'; from interlock.cli.main import main; sys.exit(main())"
)


class RealProject:
    """A user's project: a manifest, the command line, and what it made. Nothing that was built before is reused."""

    def __init__(self, root: Path, channel: Channel, find_links: Path | None) -> None:
        self.root = root / "project"
        self.root.mkdir()
        self.cache = root / "cache"
        self._channel = channel
        self._find_links = find_links

    def declare(self, *requirements: str, pypi_options: dict[str, Any] | None = None, extra: str = "") -> None:
        """Write a ``pyproject.toml`` that asks for the running Python and ``requirements``; ``extra`` is appended."""
        found = [] if self._find_links is None else [{"path": str(self._find_links)}]
        pixi = {
            "workspace": {"channels": [self._channel.url], "platforms": [PLATFORM]},
            "dependencies": {"python": f"{PYTHON}.*"},
            "pypi-options": {"find-links": found, **(pypi_options or {})},
        }
        project = {"name": "real", "version": "0.1.0", "dependencies": list(requirements)}
        text = tomli_w.dumps({"project": project, "tool": {"pixi": pixi}})
        (self.root / "pyproject.toml").write_text(text + extra, encoding="utf-8")

    def run(self, *args: str, elsewhere: bool = False) -> Result:
        """Run ``interlock env ...`` with ``--json`` and wait for its end.

        ``elsewhere`` is as if this were a machine of another kind.
        """
        return self.interlock("env", *args, "--json", elsewhere=elsewhere)

    def interlock(self, *args: str, elsewhere: bool = False) -> Result:
        """Run ``interlock ...`` as it is and wait for its end; see :meth:`run`."""
        program = ["-c", _ELSEWHERE] if elsewhere else ["-m", "interlock"]
        done = subprocess.run(
            [sys.executable, *program, *args],
            env=self.variables(),
            cwd=self.root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
        return Result(args, done.returncode, done.stdout, done.stderr)

    def variables(self) -> dict[str, str]:
        """The variables that commands are run with: the user's own, as far as they do not decide what is found out."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_PRIVATE)}
        return {**kept, "INTERLOCK_CACHE_DIR": str(self.cache)}

    def python(self, code: str) -> str:
        """What code prints that the environment's Python runs, not activated."""
        command = [str(self.root / ".interlock/envs/default/bin/python"), "-c", code]
        done = subprocess.run(command, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def plan(self, name: str) -> dict[str, Any]:
        """The build plan of a package in the lock."""
        lock = tomli.loads((self.root / "interlock.lock").read_text(encoding="utf-8"))
        plans = lock["environments"]["default"]["platforms"][PLATFORM]["plans"]
        written = name.replace("-", "_")
        (plan,) = (plan for plan in plans if plan["package"].replace("-", "_").lower().startswith(f"{written}_"))
        return dict(plan)

    def forget(self) -> None:
        """Remove the environment and every stored wheel; the manifest and the lock stay."""
        self.run("clean").ok()
        shutil.rmtree(self.cache / "wheels")
