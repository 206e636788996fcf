"""The interpreter of a prefix, as it says itself: where it looks for packages, and which libraries it has loaded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.engines.environ import allowed_environment
from interlock.engines.process import ProcessTimeout, run
from interlock_hooks.types import Finding, InterlockError

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMEOUT_SECONDS = 60
# Few modules, so that nearly all that is loaded is the interpreter's own; /proc tells what the dynamic linker decided.
_ASK = """
import importlib.machinery, json, os, platform, sys, sysconfig
maps = {line.split(None, 5)[5].strip() for line in open("/proc/self/maps") if " r-xp " in line and "/" in line}
full = sys.version_info
version = "%d.%d.%d" % full[:3] + ("" if full[3] == "final" else full[3][0] + str(full[4]))
stdlib = {os.path.realpath(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib")}
places = {}
for path in [sysconfig.get_path("platlib"), sysconfig.get_path("purelib"), *sys.path]:
    if os.path.isdir(path):
        places.setdefault(os.path.realpath(path), path)
print(json.dumps({
    "executable": os.readlink("/proc/self/exe"),
    "loaded": sorted(maps),
    "suffixes": importlib.machinery.EXTENSION_SUFFIXES,
    "multiarch": sysconfig.get_config_var("MULTIARCH") or "",
    "sites": [path for real, path in places.items() if real not in stdlib and not path.endswith("lib-dynload")],
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


@dataclass(frozen=True, slots=True)
class Interpreter:
    """What an interpreter says of itself.

    ``executable`` is the program that runs, for a virtual environment that of its base. ``loaded`` are the libraries
    that it runs with. ``suffixes`` end the names of extension modules that it imports. ``sites`` are the directories
    with packages, the one that is installed into first. ``markers`` are the variables of PEP 508.
    """

    python: Path
    executable: Path
    loaded: tuple[Path, ...]
    suffixes: tuple[str, ...]
    multiarch: str
    sites: tuple[Path, ...]
    markers: Mapping[str, str]

    @property
    def version(self) -> str:
        """Major and minor version, ``3.12``."""
        return self.markers["python_version"]

    @property
    def site_packages(self) -> Path:
        """Where packages with compiled code are installed."""
        return self.sites[0]


def ask_interpreter(prefix: Path) -> Interpreter:
    """Ask the interpreter of a prefix: of conda, pixi, a virtual environment or the system.

    Raises :class:`InterlockError` (IL570) when there is none that works.
    """
    python = next((path for name in ("python", "python3") if (path := prefix / "bin" / name).exists()), None)
    if python is None:
        raise InterlockError(_no_interpreter(prefix, f"there is no {prefix / 'bin' / 'python'}"))
    try:
        done = run([python, "-I", "-c", _ASK], env=allowed_environment(), timeout=_TIMEOUT_SECONDS)
    except (OSError, ProcessTimeout) as error:
        raise InterlockError(_no_interpreter(prefix, str(error))) from error
    if done.returncode:
        raise InterlockError(_no_interpreter(prefix, done.stderr.strip() or f"it ended with {done.returncode}"))
    facts = json.loads(done.stdout)
    return Interpreter(
        python=python,
        executable=Path(facts["executable"]),
        loaded=tuple(map(Path, facts["loaded"])),
        suffixes=tuple(facts["suffixes"]),
        multiarch=facts["multiarch"],
        sites=tuple(map(Path, facts["sites"])),
        markers=facts["markers"],
    )


def _no_interpreter(prefix: Path, why: str) -> Finding:
    return Finding(
        code="IL570",
        what=f"{prefix} has no Python interpreter that works here",
        why=why,
        fix="name the directory of an environment with Python, made for this kind of machine",
    )
