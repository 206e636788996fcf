"""A project under test: its manifest, the real command line run on it, and what came out."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Mapping, Sequence
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import tomli
import tomli_w

from interlock_hooks.testing.channel import PLATFORM, Channel
from interlock_hooks.testing.index import Index
from interlock_hooks.testing.plugins import write_plugin
from interlock_hooks.testing.result import Result
from interlock_hooks.testing.wheels import escaped

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
_SYSTEM_PATH = "/usr/bin:/bin:/usr/sbin:/sbin"
# Nothing listens on the discard port: a connection that does not go to loopback fails at once.
_DEAD_PROXY = "http://127.0.0.1:9"
TIMEOUT_SECONDS = 180


class Project:
    """A directory with a manifest, and the command line run in it as on a machine that has nothing else.

    ``home`` is the user's home directory. ``caches`` is where the engines keep what can be fetched or unpacked again,
    shared by a test run; Interlock's own cache belongs to the project, so that no test reuses a wheel that another one
    built.
    """

    def __init__(self, root: Path, channel: Channel, index: Index, caches: Path) -> None:
        self.root = root / "project"
        self.channel = channel
        self.index = index
        self.cache = root / "cache"
        self._plugins = root / "plugins"
        self.home = root / "home"
        self._caches = caches
        # Prefixes and packages for builds, the interpreter for resolving, and what is in wheels, are made once and
        # never written to again.
        unchanging = ("prefixes", "resolve", "layers", "wheel-files")
        for folder in (self.root, self.home, self._plugins, self.cache, *(caches / name for name in unchanging)):
            folder.mkdir(parents=True, exist_ok=True)
        for name in unchanging:
            (self.cache / name).symlink_to(caches / name)

    # -- writing -------------------------------------------------------------------------------------------------

    def write(self, text: str, name: str = "pyproject.toml") -> Path:
        """Write a file of the project (the manifest, unless ``name`` says otherwise); indentation is taken off."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    def declare(
        self,
        *requirements: str,
        conda: Mapping[str, Any] | None = None,
        pypi_options: Mapping[str, Any] | None = None,
        workspace: Mapping[str, Any] | None = None,
        extra: str = "",
    ) -> Path:
        """Write a ``pyproject.toml`` that asks for PyPI ``requirements`` and ``conda`` packages from the local sources.

        The running Python is always asked for. ``extra`` is appended as it is.
        """
        pixi = {
            "workspace": {"channels": [self.channel.url], "platforms": [PLATFORM], **(workspace or {})},
            "dependencies": {"python": f"{PYTHON}.*", **(conda or {})},
            "pypi-options": {"index-url": self.index.url, **(pypi_options or {})},
        }
        project = {"name": "under-test", "version": "0.1.0", "dependencies": list(requirements)}
        text = tomli_w.dumps({"project": project, "tool": {"pixi": pixi}})
        return self.write(text + textwrap.dedent(extra))

    def plugin(self, name: str, source: str) -> None:
        """Make a third-party plugin available to the command line; it runs where the manifest names it."""
        write_plugin(self._plugins, name, textwrap.dedent(source))

    # -- running -------------------------------------------------------------------------------------------------

    def run(
        self,
        *args: str,
        variables: Mapping[str, str] | None = None,
        path: Sequence[Path] = (),
        cwd: Path | None = None,
    ) -> Result:
        """Run a command of Interlock, such as ``("env", "lock", "--json")``, and wait for its end.

        ``variables`` are added to a clean environment and ``path`` is put in front of the system's ``PATH``, as a
        caller's shell might have them. The working directory is that of the project, unless ``cwd`` is another. Raises
        :class:`subprocess.TimeoutExpired` after three minutes.
        """
        done = subprocess.run(
            [program_path("interlock"), *args],
            env=self.environment(variables, path),
            cwd=cwd or self.root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
        return Result(("interlock", *args), done.returncode, done.stdout, done.stderr)

    def install(self, *args: str, variables: Mapping[str, str] | None = None, path: Sequence[Path] = ()) -> Result:
        """``env install --json``."""
        return self.run("env", "install", "--json", *args, variables=variables, path=path)

    def make_lock(self, *args: str) -> Result:
        """``env lock --json``."""
        return self.run("env", "lock", "--json", *args)

    def environment(self, variables: Mapping[str, str] | None = None, path: Sequence[Path] = ()) -> dict[str, str]:
        """The variables that commands are run with."""
        proxies = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
        return {
            "HOME": str(self.home),
            "PATH": ":".join([*map(str, path), _SYSTEM_PATH]),
            "LANG": "C.UTF-8",
            "XDG_CACHE_HOME": str(self._caches),
            "INTERLOCK_CACHE_DIR": str(self.cache),
            "RATTLER_CACHE_DIR": str(self._caches / "rattler"),
            "PYTHONPATH": str(self._plugins),
            # What is found out about a conflict is not to depend on how busy the machine is.
            "INTERLOCK_EXPLAIN_SECONDS": "120",
            **dict.fromkeys(proxies, _DEAD_PROXY),
            "no_proxy": "127.0.0.1,localhost",
            "NO_PROXY": "127.0.0.1,localhost",
            **(variables or {}),
        }

    # -- looking -------------------------------------------------------------------------------------------------

    @property
    def prefix(self) -> Path:
        """The prefix of the default environment."""
        return self.root / ".interlock" / "envs" / "default"

    @property
    def lock_file(self) -> Path:
        """The lock."""
        return self.root / "interlock.lock"

    @property
    def lock(self) -> dict[str, Any]:
        """The lock, parsed."""
        return tomli.loads(self.lock_file.read_text(encoding="utf-8"))

    def locked(self, platform: str = PLATFORM) -> dict[str, str]:
        """The versions of the PyPI packages that the lock has for the default environment."""
        blocks = {label_of(block): block for block in self.lock.get("pypi", [])}
        names = self._locked_platform(platform)["resolution"].get("packages", [])
        return {blocks[name]["name"]: blocks[name]["version"] for name in names}

    def _locked_platform(self, platform: str) -> dict[str, Any]:
        found: dict[str, Any] = self.lock["environments"]["default"]["platforms"][platform]
        return found

    @property
    def site_packages(self) -> Path:
        """Where the environment's Python packages are."""
        return next((self.prefix / "lib").glob("python3.*")) / "site-packages"

    def versions(self) -> dict[str, str]:
        """The Python distributions in the environment."""
        found = distributions(path=[str(self.site_packages)])
        return {escaped(entry.metadata["Name"]).replace("_", "-"): entry.version for entry in found}

    def conda_versions(self) -> dict[str, str]:
        """The conda packages in the environment."""
        records = [json.loads(file.read_text()) for file in (self.prefix / "conda-meta").glob("*-*.json")]
        return {record["name"]: record["version"] for record in records}

    def built(self, name: str) -> dict[str, Any]:
        """What the build of an sdist of :meth:`Index.sdist` saw: ``imports`` with versions, ``variables``, and more."""
        text = (self.site_packages / escaped(name) / "built.json").read_text()
        seen: dict[str, Any] = json.loads(text.replace("$PREFIX", str(self.prefix)))
        return seen

    def python(self, code: str) -> str:
        """Run code with the environment's Python, not activated, and return what it printed."""
        command = [str(self.prefix / "bin" / "python"), "-c", code]
        done = subprocess.run(command, env={"PATH": _SYSTEM_PATH}, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


def label_of(block: Mapping[str, Any]) -> str:
    """How environments of the lock refer to a package."""
    label: str = block["artifact"].get("filename") or f"{block['name']} {block['version']}"
    return label


def program_path(program: str) -> str:
    """Where the programs of this Python environment are."""
    return str(Path(sys.executable).parent / program)
