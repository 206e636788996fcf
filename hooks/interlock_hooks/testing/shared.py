"""What is made once for a whole test run, also when several processes run the tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock

from interlock_hooks.testing.repack import repack_installed

# What builds with setuptools need, whatever version of it is installed: older ones need wheel, wheel needs packaging.
BUILD_TOOLS = ("setuptools", "wheel", "packaging")


class Shared:
    """The common store of a test run below ``base``."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.packages = base / "packages"
        self.caches = base / "caches"
        base.mkdir(parents=True, exist_ok=True)

    def python(self, interpreter: Path | None = None) -> Path:
        """A channel with the packages of an interpreter, by default of the Python that runs the tests."""
        from interlock.channel import build_channel

        name = "running" if interpreter is None else interpreter.as_posix().strip("/").replace("/", "-")
        folder = self.base / "python" / name
        with FileLock(self.base / "python.lock"):
            if not (folder / "done").exists():
                build_channel(folder, python=True, cuda=(), interpreter=interpreter)
                (folder / "done").touch()
        return folder

    def build_tools(self) -> Sequence[Path]:
        """Wheels of the real build tools."""
        folder = self.base / "tools"
        with FileLock(self.base / "tools.lock"):
            if not folder.exists():
                staged = self.base / "tools.new"
                for name in BUILD_TOOLS:
                    repack_installed(name, staged)
                staged.rename(folder)
        return sorted(folder.iterdir())
