"""Findings about running a build: its environment, its rights, its failure, its wheel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from interlock.core.offline import is_offline, switched_off
from interlock_hooks.types import BuildPlan, BuiltWheel, Finding, PyPIPackage, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from interlock_hooks.types import Location

_NETWORK = '`network = "deny"` in [tool.interlock.build]'
_OWN_SOURCE = 'set the build variables that make it build from its own source, or `network = "allow"`'
_KEPT = "build it once with a network; the wheel is kept in the store"
_ARCHITECTURES = 'declare them, for example `architectures = ["8.0", "9.0"]` in [tool.interlock.cuda]'


# -- the build environment -------------------------------------------------------------------------------------------


def not_built_yet(package: PyPIPackage, missing: Sequence[str]) -> Finding:
    """IL418: the build needs packages whose own builds have not run."""
    return Finding(
        code="IL418",
        what=f"{package} needs {', '.join(missing)} at build time, but {', '.join(missing)} has not been built yet",
        why="it is also built from source, and its wheel is not available",
        fix="declare the metadata of the package in `[[tool.uv.dependency-metadata]]`, so that locking does not have "
        "to run its build",
    )


def unusable_interpreter(python: Path, why: str) -> Finding:
    """IL419: an interpreter does not work."""
    return Finding(
        code="IL419",
        what=f"the interpreter {python} cannot be used for builds",
        why=why,
        fix="run `interlock env install` to repair the environment",
    )


def no_interpreter(package: PyPIPackage, python: Path) -> Finding:
    """IL419: the prefix of the build has no interpreter."""
    return _no_build_environment(
        package, f"there is no Python interpreter at {python}", 'add `python = "*"` to the conda dependencies'
    )


def environment_failed(package: PyPIPackage, cause: Finding) -> Finding:
    """IL419: the packages of a build environment cannot be installed, for the reason in ``cause``."""
    return _no_build_environment(package, cause.what, cause.fix, cause.details)


def _no_build_environment(package: PyPIPackage, why: str, fix: str, details: tuple[str, ...] = ()) -> Finding:
    what = f"could not create the build environment of {package}"
    return Finding(code="IL419", what=what, why=why, fix=fix, details=details)


# -- the rights of a build -------------------------------------------------------------------------------------------


def strayed(package: PyPIPackage, paths: Sequence[Path], *, done: bool, log: Path | None) -> Finding:
    """IL420: a build tried to write to ``paths``, or with ``done`` did write there."""
    places = ", ".join(map(str, paths[:3]))
    return Finding(
        code="IL420",
        what=f"the build of {package} {'wrote' if done else 'tried to write'} outside its own directories: {places}",
        why="a build may only write to its source, its build environment, and its own TMPDIR and HOME"
        + ("; its wheel is not used" if done else ""),
        fix=f'if it needs to, add `writable = ["{paths[0].parent}"]` to [tool.interlock.build]; else report it to the '
        "project",
        details=tuple(map(str, paths[3:])),
        log=None if log is None else str(log),
    )


def changed_shared(package: PyPIPackage, paths: Sequence[Path], *, done: bool, log: Path | None) -> Finding:
    """IL420: a build tried to change packages of its environment, or with ``done`` did change them."""
    places, did = ", ".join(map(str, paths[:3])), "changed" if done else "tried to change"
    return Finding(
        code="IL420",
        what=f"the build of {package} {did} a package in its build environment: {places}",
        why="other builds use the same files" + ("; its wheel is not used" if done else ""),
        fix="run `interlock cache verify`, which removes them" if done else "report it to the project",
        details=tuple(map(str, paths[3:])),
        log=None if log is None else str(log),
    )


def unconfined() -> Finding:
    """IL421: this machine cannot confine builds."""
    return Finding(
        code="IL421",
        what="this machine cannot confine builds",
        why="confining needs Linux with Landlock (5.19 or newer) or with namespaces for users; without either, "
        "Interlock only notices afterwards what Python programs wrote to other places",
        fix="nothing has to be done if you trust the sources",
        severity=Severity.NOTE,
    )


def not_confined(package: PyPIPackage) -> Finding:
    """IL426: the manifest wants builds confined, and this machine cannot do that."""
    return Finding(
        code="IL426",
        what=f"{package} cannot be built on this machine, which cannot confine builds",
        why='`confine = "required"` in [tool.interlock.build] needs Linux with Landlock (5.19 or newer) or with '
        "namespaces for users, and this kernel or container offers neither",
        fix="build on another machine and share its wheels in a store, let the container use one of them, or remove "
        "the line if you trust the sources",
    )


def cannot_deny_network(built: PyPIPackage | str, why: str, where: Location | None = None) -> Finding:
    """IL422: the manifest denies the network, and this machine cannot enforce that."""
    return Finding(
        code="IL422",
        what=f"{built} cannot be built without network access on this machine",
        why=f"{_NETWORK} requires that, but {why}",
        where=where,
        fix='allow user namespaces (in containers: the capability SYS_ADMIN), or set `network = "allow"`',
    )


def offline(package: PyPIPackage, hosts: Sequence[str], lines: Sequence[str], log: Path) -> Finding:
    """IL423: a build failed because it has no network; ``hosts`` are those that it tried to reach."""
    return Finding(
        code="IL423",
        what=f"the build of {package} needs the network" + (f": {', '.join(hosts[:3])}" if hosts else ""),
        why=switched_off() if is_offline() else f"{_NETWORK} blocks it",
        fix=_KEPT if is_offline() else _OWN_SOURCE,
        details=tuple(lines[:5]),
        log=str(log),
    )


def downloaded(package: PyPIPackage, wheel: BuiltWheel, forcing: str | None) -> Finding:
    """IL424: a build used the network; ``forcing`` is a variable that makes it compile instead, if there is one."""
    remedy = f"set {forcing} in its build variables, or " if forcing else ""
    return Finding(
        code="IL424",
        what=f"the build of {package} used the network: {', '.join(wheel.downloads[:3])}",
        why="these downloads are not in the lock, so the same build may produce another wheel tomorrow; this wheel is "
        "not put into shared stores",
        fix=f'{remedy}set `network = "deny"` in [tool.interlock.build] to build only from locked sources',
        details=wheel.downloads[3:],
        severity=Severity.WARNING,
        log=str(wheel.log) if wheel.log else None,
    )


# -- the backend and its wheel ---------------------------------------------------------------------------------------


def failed(
    plan: BuildPlan, hook: str, *, why: str, fix: str, excerpt: Sequence[str], log: Path, module: str | None
) -> Finding:
    """IL430: the backend failed in ``hook``; ``module`` is one that it could not import, ``excerpt`` a part of the log.

    An empty ``why`` or ``fix`` means that the log gives none.
    """
    overlay = ", ".join(str(package) for package in plan.overlay) or "nothing"
    return Finding(
        code="IL430",
        what=f"the build of {plan.package} failed ({hook})",
        why=why or "the build backend ended with an error",
        fix=fix or _advice(plan, module),
        details=(*excerpt, f"mode: {plan.mode.value}; build environment: {overlay}"),
        log=str(log),
    )


def _advice(plan: BuildPlan, module: str | None) -> str:
    if module is not None:
        return (
            f"find the package that contains the module {module} and add it to "
            f'[tool.interlock.build.packages.{plan.name}], like requirements = ["{module.split(".")[0]}"]'
        )
    return (
        "read the log; it often helps to use another release of the package, an older `python`, or older build tools "
        "(`build-constraint-dependencies` in [tool.uv])"
    )


def timed_out(
    build: str, limit: int | None, log: Path, where: Location | None = None, *, last: Sequence[str] = ()
) -> Finding:
    """IL431: ``build``, such as "the build of PACKAGE", took longer than ``limit`` seconds, having printed ``last``."""
    return Finding(
        code="IL431",
        what=f"{build} timed out after {limit} s",
        why="it took longer than `timeout` in [tool.interlock.build] allows",
        where=where,
        fix="raise the limit, or see in the log where the build hangs",
        details=tuple(last),
        log=str(log),
    )


def used_too_much(package: PyPIPackage, resource: str, used: int | None, limit: int, log: Path) -> Finding:
    """IL427: a build used more disk or memory than the manifest allows; ``used`` bytes, unless the kernel refused."""
    at_once = {"disk": "one file alone would be larger", "memory": "its programs together asked for more"}
    told = at_once[resource] if used is None else f"it used {used:,} bytes"
    return Finding(
        code="IL427",
        what=f"the build of {package} was ended: it needs too much {resource}",
        why=f"{told}, and `{resource}` in [tool.interlock.build] allows {limit:,}",
        fix="raise the limit; for memory, fewer `jobs` help as well",
        log=str(log),
    )


def other_identity(package: PyPIPackage, name: str, version: object) -> Finding:
    """IL440: the result has another name or version than the package that was built."""
    if package.is_source_tree and canonicalize_name(name) != package.name:
        return Finding(
            code="IL440",
            what=f"building {package} produced {name} {version}",
            why="what is at that address has another name than the manifest gives it",
            fix=f"call it {name}: `{name} @ ADDRESS`, or in an environment.yml ADDRESS#egg={name}",
        )
    return Finding(
        code="IL440",
        what=f"building {package} produced {name} {version}",
        why="its build chooses another name or version than its sdist declares, often depending on the machine or on "
        "variables; the environment would not get the resolved package",
        fix=f"depend on {name}=={version} instead, or set the build variables that make it {package}",
    )


def invalid_wheel(package: PyPIPackage, why: str) -> Finding:
    """IL441: the backend's result is not a valid wheel."""
    return Finding(
        code="IL441",
        what=f"the build backend of {package} did not produce a valid wheel",
        why=why,
        fix="report it to the project, or use another version",
    )


def requirements_unmet(package: PyPIPackage, unmet: Sequence[str], log: Path | None) -> Finding:
    """IL442: the backend asks for requirements that its locked plan does not contain."""
    return Finding(
        code="IL442",
        what=f"the build backend of {package} asks for {', '.join(unmet)}",
        why="its locked plan does not contain that",
        fix="run `interlock env lock` again, on this platform",
        log=None if log is None else str(log),
    )


# -- several builds --------------------------------------------------------------------------------------------------


def not_started(names: Sequence[str]) -> Finding:
    """IL460: builds that were not started because another one failed."""
    return Finding(
        code="IL460",
        what=f"not built: {', '.join(names)}",
        why="another build failed first; finished wheels are kept in the store",
        fix="repair the failed build and run the command again",
        severity=Severity.NOTE,
    )


def circular(after: Mapping[str, Collection[str]]) -> Finding:
    """IL461: each of the builds has to run after another one of them."""
    return Finding(
        code="IL461",
        what=f"these builds wait for each other: {', '.join(sorted(after))}",
        why="each of them needs another one of them at build time",
        fix="remove one of their extra build dependencies, or use a wheel for one of them",
        details=tuple(f"{name} after {', '.join(names)}" for name, names in sorted(after.items())),
    )


# -- GPUs ------------------------------------------------------------------------------------------------------------


def no_gpu(package: PyPIPackage, architectures: str | None) -> Finding:
    """IL519: the plan wants the architectures of this machine's GPUs, and there is none.

    ``architectures`` is the list for all of torch's that is used instead (``8.0;9.0``), ``None`` if there is none.
    """
    if architectures is None:
        return Finding(
            code="IL519",
            severity=Severity.WARNING,
            what=f"{package} compiles CUDA, but no GPU architectures are known",
            why="TORCH_CUDA_ARCH_LIST is unset: the manifest declares no architectures, and this machine has no GPU",
            fix=_ARCHITECTURES,
        )
    count = architectures.count(";") + 1
    return Finding(
        code="IL519",
        severity=Severity.NOTE,
        what=f"{package} is compiled for {count} GPU architectures: {architectures.replace(';', ', ')}",
        why="the manifest declares none, and this machine has no GPU",
        fix=f"{_ARCHITECTURES}: fewer architectures build faster",
    )
