"""Site-packages directories: what is installed there, and which distribution a module belongs to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, distributions
from pathlib import Path, PurePosixPath

from packaging.utils import NormalizedName, canonicalize_name

from interlock.engines.environ import allowed_environment
from interlock.engines.process import run
from interlock_hooks.types import Finding, InterlockError

_ASK = """
import json, sys, sysconfig
print(json.dumps({
    "purelib": sysconfig.get_path("purelib"),
    "tag": sys.implementation.cache_tag,
    "abi": sysconfig.get_config_var("SOABI") or "",
    "version": sys.version,
    "platform": sysconfig.get_platform(),
}))
"""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """What identifies an interpreter for extension modules: ``tag`` (``cpython-312``), ``abi``, and where it looks."""

    purelib: Path
    tag: str
    abi: str
    version: str
    platform: str


def ask_interpreter(python: Path) -> Interpreter:
    """Facts about the interpreter ``python``, asked once per file. Raises :class:`InterlockError` (IL419)."""
    try:
        stamp = python.stat().st_mtime_ns
    except OSError as error:
        raise _unusable(python, str(error)) from error
    return _ask(python, stamp)


def purelib(python: Path) -> Path:
    """The site-packages directory of an interpreter."""
    return ask_interpreter(python).purelib


def installed_names(site_packages: Path) -> frozenset[NormalizedName]:
    """The normalised names of the distributions in a site-packages directory."""
    return frozenset(name for name, _ in _installed(site_packages))


def installed_versions(site_packages: Iterable[Path]) -> dict[str, str]:
    """The version of each distribution that is visible in some site-packages directories, the first one first."""
    versions: dict[str, str] = {}
    for folder in site_packages:
        for name, distribution in _installed(folder):
            versions.setdefault(name, distribution.version)
    return versions


def installed_files(site_packages: Iterable[Path]) -> Iterator[tuple[NormalizedName, list[str]]]:
    """The files of each distribution that is visible in some site-packages directories, relative to its directory."""
    seen: set[NormalizedName] = set()
    for folder in site_packages:
        for name, distribution in _installed(folder):
            if name not in seen:
                seen.add(name)
                yield name, [str(file) for file in distribution.files or ()]


def module_owners(site_packages: Iterable[Path]) -> dict[str, NormalizedName]:
    """Which distribution brings a module.

    Keys are top-level modules, and second-level ones where several distributions share a namespace
    (``google.protobuf``). Directories that come first win, as on ``sys.path``.
    """
    owners: dict[str, set[NormalizedName]] = {}
    seen: set[NormalizedName] = set()
    for folder in site_packages:
        here = {name: modules_of(entry) for name, entry in _installed(folder) if name not in seen}
        seen |= here.keys()
        for name, modules in here.items():
            for module in modules:
                owners.setdefault(module, set()).add(name)
    return {module: min(names) for module, names in owners.items() if len(names) == 1 or "." in module}


def owner_of(module: str, owners: Mapping[str, NormalizedName]) -> NormalizedName | None:
    """The distribution of an imported module, by its longest known prefix of at most two levels."""
    parts = module.split(".")
    return owners.get(".".join(parts[:2])) or owners.get(parts[0])


def modules_of(distribution: Distribution) -> frozenset[str]:
    """The modules of an installed distribution, down to the second level, from its list of files."""
    files = distribution.files
    if files:
        return modules_in(str(file) for file in files)
    return frozenset((distribution.read_text("top_level.txt") or "").split())


def modules_in(files: Iterable[str]) -> frozenset[str]:
    """The importable modules among the files of a wheel or of a RECORD, down to the second level."""
    modules: set[str] = set()
    for file in files:
        path = PurePosixPath(file)
        if path.suffix not in {".py", ".so", ".pyd"} or ".." in path.parts or _is_metadata(path.parts[0]):
            continue
        parts = [*path.parts[:-1], path.name.split(".")[0]]
        if parts[-1] == "__init__":
            parts.pop()
        if all(part.isidentifier() for part in parts[:2]):
            modules |= {".".join(parts[:level]) for level in (1, 2)} if parts else set()
    return frozenset(modules)


def _is_metadata(folder: str) -> bool:
    return folder.endswith((".dist-info", ".data", ".egg-info"))


def _installed(site_packages: Path) -> Iterator[tuple[NormalizedName, Distribution]]:
    for distribution in distributions(path=[str(site_packages)]):
        # Half-removed distributions have no metadata, and then no name.
        name = distribution.metadata["Name"]
        if name:
            yield canonicalize_name(name), distribution


@cache
def _ask(python: Path, _stamp: int) -> Interpreter:
    done = run([python, "-I", "-c", _ASK], env=allowed_environment())
    if done.returncode:
        raise _unusable(python, done.stderr.strip())
    facts = json.loads(done.stdout)
    return Interpreter(Path(facts["purelib"]), facts["tag"], facts["abi"], facts["version"], facts["platform"])


def _unusable(python: Path, why: str) -> InterlockError:
    return InterlockError(
        Finding(
            code="IL419",
            what=f"the interpreter {python} cannot be used for builds",
            why=why,
            fix="run `interlock env install` to repair the environment",
        )
    )
