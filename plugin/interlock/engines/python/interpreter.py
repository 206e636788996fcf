"""An interpreter as it says itself: what it is, where it looks for packages, and which libraries it has loaded."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interlock.engines.environ import allowed_environment
from interlock.engines.process import ProcessTimeout, run

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMEOUT_SECONDS = 60
_FREE_THREADED = re.compile(r"(?:cpython-|cp)\d+t")
# Few modules, so that nearly all that is loaded is the interpreter's own; /proc tells what the dynamic linker decided.
_ASK = """
import importlib.machinery, json, os, platform, sys, sysconfig
try:
    maps = {line.split(None, 5)[5].strip() for line in open("/proc/self/maps") if " r-xp " in line and "/" in line}
    executable = os.readlink("/proc/self/exe")
except OSError:
    maps, executable = set(), os.path.realpath(sys.executable)
full = sys.version_info
version = "%d.%d.%d" % full[:3] + ("" if full[3] == "final" else full[3][0] + str(full[4]))
stdlib = {os.path.realpath(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib")}
places = {}
for path in [sysconfig.get_path("platlib"), sysconfig.get_path("purelib"), *sys.path]:
    if os.path.isdir(path):
        places.setdefault(os.path.realpath(path), path)
print(json.dumps({
    "executable": executable,
    "loaded": sorted(maps),
    "suffixes": importlib.machinery.EXTENSION_SUFFIXES,
    "multiarch": sysconfig.get_config_var("MULTIARCH") or "",
    "purelib": sysconfig.get_path("purelib"),
    "library": os.path.dirname(os.__file__),
    "sites": [path for real, path in places.items() if real not in stdlib and not path.endswith("lib-dynload")],
    "tag": sys.implementation.cache_tag,
    "abi": sysconfig.get_config_var("SOABI") or "",
    "platform": sysconfig.get_platform(),
    "markers": {
        "implementation_name": sys.implementation.name,
        "implementation_version": version,
        "os_name": os.name,
        "platform_machine": platform.machine(),
        "platform_python_implementation": platform.python_implementation(),
        "platform_release": platform.release(),
        "platform_system": platform.system(),
        "platform_version": platform.version(),
        "python_full_version": version,
        "python_version": "%d.%d" % full[:2],
        "sys_platform": sys.platform,
    },
}))
"""


class InterpreterError(Exception):
    """An interpreter is not there or does not work; the text says why."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """What an interpreter says of itself.

    ``executable`` is the program that runs, for a virtual environment that of its base. ``loaded`` are the libraries
    that it runs with; only Linux tells. ``suffixes`` end the names of extension modules that it imports. ``purelib``
    is where packages are installed, ``sites`` are all directories with packages, the one that is installed into first.
    ``library`` is where it finds the standard library, for a virtual environment that of its base.
    ``tag`` (``cpython-312``), ``abi`` (with the flags of the build: ``cpython-313t-x86_64-linux-gnu``) and ``platform``
    (``linux-x86_64``) tell for which interpreters an extension module is. ``markers`` are the variables of PEP 508.
    """

    python: Path
    executable: Path
    loaded: tuple[Path, ...]
    suffixes: tuple[str, ...]
    multiarch: str
    purelib: Path
    library: Path
    sites: tuple[Path, ...]
    tag: str
    abi: str
    platform: str
    markers: Mapping[str, str]

    @property
    def version(self) -> str:
        """Major and minor version, ``3.12``."""
        return self.markers["python_version"]

    @property
    def free_threaded(self) -> bool:
        """Whether it has no global lock (PEP 703)."""
        return _FREE_THREADED.match(self.abi) is not None

    @property
    def site_packages(self) -> Path:
        """Where packages with compiled code are installed."""
        return self.sites[0]


def python_of(prefix: Path) -> Path:
    """The interpreter of a prefix, of conda or a virtual environment; there need not be one."""
    python = prefix / "bin" / "python"
    other = prefix / "bin" / "python3"
    return other if other.exists() and not python.exists() else python


def ask_interpreter(python: Path) -> Interpreter:
    """Ask the interpreter at a path what it is. Raises :class:`InterpreterError`."""
    if not python.exists():
        raise InterpreterError(f"there is no {python}")
    try:
        done = run([python, "-I", "-c", _ASK], env=allowed_environment(), timeout=_TIMEOUT_SECONDS)
    except (OSError, ProcessTimeout) as error:
        raise InterpreterError(str(error)) from error
    if done.returncode:
        raise InterpreterError(done.stderr.strip() or f"it ended with {done.returncode}")
    try:
        return _interpreter(python, json.loads(done.stdout))
    except (ValueError, KeyError, TypeError) as error:
        raise InterpreterError(f"it did not answer as a Python interpreter should: {done.stdout[:200]!r}") from error


def _interpreter(python: Path, facts: Mapping[str, Any]) -> Interpreter:
    return Interpreter(
        python=python,
        executable=Path(facts["executable"]),
        loaded=tuple(map(Path, facts["loaded"])),
        suffixes=tuple(facts["suffixes"]),
        multiarch=facts["multiarch"],
        purelib=Path(facts["purelib"]),
        library=Path(facts["library"]),
        sites=tuple(map(Path, facts["sites"])),
        tag=facts["tag"],
        abi=facts["abi"],
        platform=facts["platform"],
        markers=facts["markers"],
    )
