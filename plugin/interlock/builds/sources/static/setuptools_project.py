"""Metadata as setuptools puts it together: setup.py first, then setup.cfg, and pyproject.toml above both."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from interlock.builds.sources.build_system import LEGACY_BACKEND, BuildSystem
from interlock.builds.sources.static.attributes import read_attribute
from interlock.builds.sources.static.declared import Declared, Extras, names_of_extras, requires_dist
from interlock.builds.sources.static.facts import Fact, Known, NotProvable, StaticMetadata, nothing_known
from interlock.builds.sources.static.project_table import ProjectTable
from interlock.builds.sources.static.setup_cfg import read_files, read_setup_cfg
from interlock.builds.sources.static.setup_py.files import SourceFiles
from interlock.builds.sources.static.setup_script import read_setup_py
from interlock.core.shapes import texts_in
from interlock.core.toml import value_at

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from packaging.specifiers import Specifier

    from interlock.builds.sources.static.setup_py.following import Follow

_VARIABLE = re.compile(r"[a-z]+(?:_[a-z]+)+|extra")
_BACKENDS = ("setuptools.build_meta", LEGACY_BACKEND)
# The first releases that read all that is read here in setup.cfg, that read [project], and that ignore what is declared
# beside [project] and not called dynamic in it.
_READS_SETUP_CFG = Version("40.9")
_READS_PROJECT = Version("61")
_IGNORES_OTHERS = Version("69")
# Build requirements that leave the requirements of a project alone. Any other one may be a plugin of setuptools, and
# those may change what they like.
_HARMLESS = frozenset(
    [
        "build",
        "certifi",
        "cffi",
        "cmake",
        "coverage",
        "cuda-python",
        "cython",
        "einops",
        "expandvars",
        "flake8",
        "greenlet",
        "grpcio",
        "grpcio-tools",
        "jinja2",
        "mako",
        "mock",
        "mypy",
        "nanobind",
        "ninja",
        "nose",
        "numpy",
        "oldest-supported-numpy",
        "ordered-set",
        "packaging",
        "pandas",
        "pip",
        "pkgconfig",
        "protobuf",
        "psutil",
        "pyarrow",
        "pybind11",
        "pytest",
        "pytest-runner",
        "pyyaml",
        "requests",
        "scikit-build",
        "scipy",
        "setuptools",
        "setuptools-rust",
        "setuptools-scm",
        "six",
        "sphinx",
        "swig",
        "toml",
        "tomli",
        "torch",
        "tqdm",
        "triton",
        "twine",
        "typing-extensions",
        "versioneer",
        "versioneer-518",
        "wheel",
    ]
)


def is_setuptools(system: BuildSystem) -> bool:
    """Whether setuptools builds a source, without a backend of the source's own in between."""
    return system.backend in _BACKENDS and not system.backend_path


def read_setuptools_project(tree: Path, system: BuildSystem, tables: dict[str, Any], follow: Follow) -> StaticMetadata:
    """What setuptools would write as the metadata of a source tree."""
    project = ProjectTable.of(tables)
    if isinstance(project, NotProvable):
        return nothing_known(project.reason)
    if not _admits(system, _READS_SETUP_CFG if project is None else _READS_PROJECT):
        return nothing_known("it is built with a release of setuptools that reads less than later ones")
    beside = _beside(tree, system, tables, follow)
    if project is None:
        declared = beside
    else:
        undeclared = _undeclared(project, beside, trusted=_admits(system, _IGNORES_OTHERS))
        declared = undeclared or _with_project(SourceFiles(tree), project, beside, tables)
    if isinstance(declared, NotProvable):
        return nothing_known(declared.reason)
    version = NotProvable("[egg_info] of setup.cfg adds to the version") if declared.is_tagged else declared.version
    silent = _file_that_was_read(tree)
    install = declared.install or Known((), silent)
    extras: Fact[Extras] = declared.extras or Known({}, silent)
    return StaticMetadata(
        name=declared.name or NotProvable("nothing says the name"),
        version=version or NotProvable("nothing says the version"),
        requires_python=declared.requires_python or Known(None, silent),
        requires_dist=requires_dist(install, extras),
        extras=names_of_extras(extras),
    )


def _file_that_was_read(tree: Path) -> str:
    """The file that says nothing, for what a source does not declare anywhere."""
    return next((name for name in ("setup.py", "setup.cfg") if (tree / name).is_file()), "pyproject.toml")


def _admits(system: BuildSystem, first: Version) -> bool:
    """Whether the build requirements allow releases of setuptools from ``first`` on."""
    return all(_allows(Requirement(text), first) for text in system.requires)


def _allows(requirement: Requirement, first: Version) -> bool:
    if canonicalize_name(requirement.name) != "setuptools" or _is_for_old_pythons(requirement):
        return True
    return requirement.url is None and not any(_is_older(clause, first) for clause in requirement.specifier)


def _is_for_old_pythons(requirement: Requirement) -> bool:
    """Whether a requirement holds on no release of Python that can be had."""
    if requirement.marker is None or set(_VARIABLE.findall(str(requirement.marker))) != {"python_version"}:
        return False
    return not any(requirement.marker.evaluate({"python_version": f"3.{minor}"}) for minor in range(6, 40))


def _is_older(clause: Specifier, first: Version) -> bool:
    try:
        version = Version(clause.version.removesuffix(".*"))
    except InvalidVersion:
        return True
    if clause.operator == "<":
        return version <= first
    return clause.operator in ("<=", "==", "===", "~=") and version < first


def _beside(tree: Path, system: BuildSystem, tables: dict[str, Any], follow: Follow) -> Declared | NotProvable:
    """What is declared in setup.py and setup.cfg, if no plugin of setuptools can change it."""
    script, config = read_setup_py(tree, follow), read_setup_cfg(tree)
    if isinstance(script, NotProvable) or isinstance(config, NotProvable):
        return script if isinstance(script, NotProvable) else config
    both = script.otherwise(config)
    if isinstance(both.plugins, NotProvable):
        return both.plugins
    plugin = possible_plugin((*system.requires, *(both.plugins.value if both.plugins else ())))
    if plugin is not None:
        return NotProvable(
            f"{plugin} is a build requirement, and may be a plugin of setuptools that changes the metadata"
        )
    if "setuptools_scm" in tables.get("tool", {}):
        return _versioned_by_git(both)
    return both


def possible_plugin(requirements: Iterable[str]) -> str | None:
    """The first of the build requirements that is not known to leave what setuptools does alone."""
    names = (canonicalize_name(Requirement(text).name) for text in requirements)
    return next((name for name in names if name not in _HARMLESS and not name.startswith("types-")), None)


def _versioned_by_git(declared: Declared) -> Declared:
    version = NotProvable("setuptools-scm takes the version from version control")
    return Declared(version=version).otherwise(declared)


def _with_project(
    files: SourceFiles, project: ProjectTable, beside: Declared | NotProvable, tables: dict[str, Any]
) -> Declared | NotProvable:
    """What ``[project]`` declares, its dynamic fields from ``[tool.setuptools.dynamic]`` or from beside it."""
    said = _directives(tables)
    if isinstance(said, NotProvable):
        return said
    if isinstance(beside, NotProvable):
        other = Declared(version=beside, requires_python=beside, install=beside, extras=beside)
    else:
        other = beside
    return Declared(
        is_tagged=other.is_tagged,
        name=project.name,
        version=project.version or _dynamic_version(files, said.get("version")) or other.version,
        requires_python=project.requires_python
        or (other.requires_python if "requires-python" in project.dynamic else None),
        install=project.install
        or _dynamic_install(files, said.get("dependencies"))
        or (other.install if "dependencies" in project.dynamic else None),
        extras=project.extras
        or _dynamic_extras(files, said.get("optional-dependencies"))
        or (other.extras if "optional-dependencies" in project.dynamic else None),
    )


_FIELDS = {"requires-python": "requires_python", "dependencies": "install", "optional-dependencies": "extras"}


def _undeclared(project: ProjectTable, beside: Declared | NotProvable, *, trusted: bool) -> NotProvable | None:
    """Setuptools once took fields from beside [project] that it does not call dynamic; now it ignores them.

    Where it is not known what is declared beside it, recent releases are ``trusted`` to do as PEP 621 says.
    """
    for key, field in _FIELDS.items():
        if getattr(project, field) is not None or key in project.dynamic:
            continue
        unknown = isinstance(beside, NotProvable)
        if not trusted if unknown else getattr(beside, field) is not None:
            return NotProvable(f"setup.py or setup.cfg has {key}, which [project] neither has nor calls dynamic")
    return None


def _directives(tables: dict[str, Any]) -> dict[str, Any] | NotProvable:
    said = value_at(tables, ("tool", "setuptools", "dynamic"))
    if said is None:
        return {}
    return said if isinstance(said, dict) else NotProvable("[tool.setuptools.dynamic] is not a table")


def _dynamic_version(files: SourceFiles, said: Any) -> Fact[str] | None:
    match said:
        case None:
            return None
        case {"attr": str(dotted)}:
            return read_attribute(files, dotted)
        case {"file": str(path)} if (text := files.read(path)) is not None:
            return Known(text.strip(), path)
    return NotProvable("the version in [tool.setuptools.dynamic] cannot be read")


def _paths(said: Any) -> list[str]:
    paths = said.get("file") if isinstance(said, dict) and said.keys() == {"file"} else None
    return [paths] if isinstance(paths, str) else list(texts_in(paths))


def _dynamic_install(files: SourceFiles, said: Any) -> Fact[tuple[str, ...]] | None:
    if said is None:
        return None
    paths = _paths(said)
    if not paths:
        return NotProvable("the dependencies in [tool.setuptools.dynamic] cannot be read")
    return read_files(files, paths, "dependencies in [tool.setuptools.dynamic]")


def _dynamic_extras(files: SourceFiles, said: Any) -> Fact[Extras] | None:
    if said is None:
        return None
    if not isinstance(said, dict):
        return NotProvable("the optional dependencies in [tool.setuptools.dynamic] cannot be read")
    found: dict[str, tuple[str, ...]] = {}
    for extra, each in said.items():
        fact = _dynamic_install(files, each)
        if not isinstance(fact, Known):
            return fact
        found[extra] = fact.value
    return Known(found, "[tool.setuptools.dynamic]")
