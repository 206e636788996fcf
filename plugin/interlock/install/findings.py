"""Findings about installing an environment into its prefix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.counting import counted, listed
from interlock.core.offline import switched_off
from interlock_hooks.types import Finding, Location, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from packaging.utils import NormalizedName

    from interlock.engines.damage import Damage
    from interlock.install.holder import Holder
    from interlock_hooks.types import PyPIPackage

_MOST_FILES = 20


def not_a_directory(path: Path) -> Finding:
    """IL610: a file is in the place of the environment's directory."""
    return Finding(
        code="IL610",
        what=f"cannot create an environment in {path}",
        why="it is a file, not a directory",
        where=Location(file=str(path)),
        fix="move the file away",
    )


def foreign_directory(path: Path) -> Finding:
    """IL610: the environment's directory contains files of something else."""
    return Finding(
        code="IL610",
        what=f"cannot create an environment in {path}",
        why="the directory contains files but is not a conda prefix",
        where=Location(file=str(path)),
        fix="move the directory away",
    )


def not_writable(path: Path, error: OSError) -> Finding:
    """IL611: files of the environment cannot be written."""
    return Finding(
        code="IL611",
        what=f"cannot write the environment: {path}",
        why=error.strerror or str(error),
        where=Location(file=str(path)),
        fix="check the permissions of the directory and the free disk space",
    )


def files_clash(taken: str, newcomer: str, paths: Sequence[str], *, from_conda: bool, harmless: bool) -> Finding:
    """IL612: two packages contain the same ``paths`` with different content; IL613 where that does no harm."""
    return Finding(
        code="IL613" if harmless else "IL612",
        what=f"{newcomer} and {taken} both contain {counted(len(paths), 'file')} with different content",
        why="only one version of each file can be installed"
        + ("; conda's files are never overwritten" if from_conda else ""),
        fix="" if harmless else "keep one of the two packages, or take both from the same ecosystem",
        severity=Severity.WARNING if harmless else Severity.ERROR,
        details=listed(paths, 5),
    )


def no_python(environment: str) -> Finding:
    """IL614: the lock has PyPI packages but no interpreter to install them for."""
    return Finding(
        code="IL614",
        what=f"environment {environment} has PyPI packages but no python",
        why="none of the conda packages in the lock provides an interpreter",
        fix='add `python = "*"` to the conda dependencies and run `interlock env lock`',
    )


def provided_by_conda(name: str, record: str) -> Finding:
    """IL615: the lock has a distribution from PyPI that a conda package supplies."""
    return Finding(
        code="IL615",
        what=f"installing {name} from PyPI would replace {name} from the conda package {record}",
        why="the lock has this distribution from both ecosystems, and Interlock never replaces conda's",
        fix="run `interlock env lock`",
    )


def supplied_twice(
    packages: Sequence[PyPIPackage], held: Mapping[NormalizedName, str], conda: str, channel: str
) -> Finding:
    """IL615: a conda package holds distributions, all those ``held``, of which the lock has ``packages`` from PyPI."""
    new = ", ".join(map(str, packages))
    shown = ", ".join(f"{package.name} {held[package.name]}" for package in packages)
    names = ", ".join(f'"{name}"' for name in sorted(held))
    key = f'"{conda}"' if "." in conda else conda
    line = f'"{channel}" = {{ mapping = {{ {key} = {f"[{names}]" if len(held) > 1 else names} }} }}'
    return Finding(
        code="IL615",
        what=f"installing {new} from PyPI would replace {shown} from the conda package {conda}",
        why=f"the files of {conda} show that it contains {shown}, which its channel does not declare",
        fix=f"let conda supply it, by this line in the workspace's table `conda-pypi-map`: {line}; or remove {conda}",
    )


def waiting(path: Path, holder: Holder | None) -> Finding:
    """IL616: another process is installing into the same prefix."""
    return Finding(
        code="IL616",
        what=f"waiting for another process that is using {path}",
        why=f"held by {holder}" if holder else "",
        fix=_look_there(path, holder) if holder and holder.elsewhere else "",
        severity=Severity.NOTE,
    )


def _look_there(path: Path, holder: Holder) -> str:
    """What to do about a process on a host that may have crashed: file servers end its locks late or never."""
    lock = path.parent / f".{path.name}.lock"
    return f"see on {holder.host} whether process {holder.pid} still runs; only if it does not, delete {lock}"


def waited_too_long(path: Path, holder: Holder | None, seconds: float) -> Finding:
    """IL632: another process still works on the prefix after the time that the user allows."""
    return Finding(
        code="IL632",
        what=f"another process is using {path}",
        why=f"{f'held by {holder}; ' if holder else ''}it did not end within {seconds:g} s (--lock-timeout)",
        fix=_look_there(path, holder)
        if holder and holder.elsewhere
        else "run the command again later, or end that process if it hangs; nothing was changed",
    )


def half_made(path: Path) -> Finding:
    """IL633: the last install of an environment did not end."""
    return Finding(
        code="IL633",
        what=f"the environment in {path} is not completely installed",
        why="an install was interrupted, failed, or is under way",
        fix="run `interlock env install`, which goes on with it",
    )


def foreign_environment(path: Path, owner: str) -> Finding:
    """IL617: another tool, ``owner``, created the environment."""
    return Finding(
        code="IL617",
        what=f"{owner} created the environment in {path}",
        why="installing into it would remove packages that Interlock does not know about",
        where=Location(file=str(path)),
        fix="remove it with `interlock env clean`, or move it away, and install again",
    )


def moved(path: Path, old: str) -> Finding:
    """IL618: the environment was moved or copied; it is recreated."""
    return Finding(
        code="IL618",
        what=f"the environment in {path} was moved or copied and will be recreated",
        why=f"it was created in {old}, and its files contain that path",
        severity=Severity.NOTE,
    )


def conda_distribution_lost(names: Sequence[str]) -> Finding:
    """IL619: a wheel removed or replaced distributions of conda packages, which were then restored."""
    return Finding(
        code="IL619",
        what=f"a wheel replaced {', '.join(names)} from conda; the conda packages were restored",
        why="the wheel contains the metadata of another distribution, and Interlock never replaces conda's",
        fix="find out which of the packages just installed contains it, and remove that package from the manifest",
    )


def incomplete(names: Sequence[str]) -> Finding:
    """IL620: packages of the lock are missing after the install."""
    return Finding(
        code="IL620",
        what=f"the install finished, but these packages are missing: {', '.join(names)}",
        why="something removed them during the install, or their wheels contain another package",
        fix="run the command again; if that does not help, check the wheels of these packages",
    )


def damaged(damage: Damage) -> Finding:
    """IL628: files of a package are not what it brought; it is installed again."""
    return Finding(
        code="IL628",
        what=f"{damage.owner.label} is installed again: {_extent(damage)}",
        severity=Severity.NOTE,
        details=_shown_files(damage),
    )


def not_repaired(damage: Damage) -> Finding:
    """IL629: a package is damaged right after it was fetched and installed again."""
    return _still_damaged(
        damage,
        why="it was fetched and installed again, and its files still differ from its own list of them",
        fix="look whether another program changes these files, or whether the package contradicts itself",
    )


def not_fetched_again(damage: Damage) -> Finding:
    """IL629: a package is as damaged in the cache, and the network is switched off."""
    return _still_damaged(
        damage,
        why=f"the cache has the same damage, and {switched_off()}",
        fix="repair it with a network, which fetches the package again",
    )


def _still_damaged(damage: Damage, *, why: str, fix: str) -> Finding:
    what = f"{damage.owner.label} could not be repaired: {_extent(damage)}"
    return Finding(code="IL629", what=what, why=why, fix=fix, details=_shown_files(damage))


def _extent(damage: Damage) -> str:
    parts = [(len(damage.changed), "changed"), (len(damage.missing), "missing")]
    return ", ".join(f"{counted(number, 'file')} {how}" for number, how in parts if number)


def _shown_files(damage: Damage) -> tuple[str, ...]:
    files = [*(f"{path} (changed)" for path in damage.changed), *(f"{path} (missing)" for path in damage.missing)]
    return listed(files, _MOST_FILES)


def added(label: str, by: str) -> Finding:
    """IL630: a package in the environment that Interlock did not install."""
    return Finding(
        code="IL630",
        what=f"{label} does not belong to the environment: {by} installed it",
        why="neither the manifest nor the lock has it, so other machines do not get it",
        severity=Severity.WARNING,
        fix="add it with `interlock env add`, or uninstall it",
    )


def replaced(label: str, how: str) -> Finding:
    """IL631: another program replaced or removed a package."""
    return Finding(
        code="IL631",
        what=f"another program changed {label}: {how}",
        why="the environment is not what the lock says",
        fix="run `interlock env install`, which puts it back",
    )
