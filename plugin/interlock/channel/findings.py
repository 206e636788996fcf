"""Findings about making the embedded channel.

Codes: IL701 tools missing · IL702 directory unusable · IL703 CUDA version not available · IL704 download failed ·
IL705 interpreter unusable · IL706 headers missing (warning) · IL707 python package not built · IL708 wheel without an
expected file · IL709 no C compiler · IL710 platform not supported · IL711 ensurepip missing (warning) ·
IL712 unknown package name · IL713 channel not indexed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock_hooks.types import Finding, InterlockError, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

# Enough of a program's output to see the reason, little enough to read.
TAIL = 15


def tail(output: str) -> tuple[str, ...]:
    """The last lines of a program's output that say something."""
    return tuple(line for line in output.splitlines() if line.strip())[-TAIL:]


def tools_missing(names: Iterable[str]) -> InterlockError:
    """The optional dependencies that make packages are not installed."""
    return InterlockError(
        Finding(
            code="IL701",
            what=f"making a channel needs {', '.join(names)}",
            why="they are optional dependencies, because most users never make a channel",
            fix="run `pip install 'interlock[channel]'`",
        )
    )


def directory_unusable(directory: Path, reason: str) -> InterlockError:
    """The channel's directory cannot be used."""
    return InterlockError(
        Finding(
            code="IL702",
            what=f"cannot write a channel to {directory}",
            why=reason,
            fix="choose a writable directory that contains nothing but a channel",
        )
    )


def cuda_unavailable(version: str, available: Sequence[str]) -> InterlockError:
    """The index has no toolkit of this minor version, or one that cannot be made into a compiler."""
    return InterlockError(
        Finding(
            code="IL703",
            what=f"cannot make packages of CUDA toolkit {version}",
            why="NVIDIA publishes the compiler as wheels for CUDA 13.0 and newer; versions are MAJOR.MINOR"
            + (f". Available: {', '.join(available)}" if available else ""),
            fix=f"use one of the available versions, for example --cuda {available[-1] if available else '13.0'}",
        )
    )


def download_failed(requirements: Sequence[str], output: str) -> InterlockError:
    """The wheels could not be fetched."""
    return InterlockError(
        Finding(
            code="IL704",
            what=f"could not download {', '.join(requirements)}",
            why="pip could not reach the package index, or the index does not have it",
            fix="check the network and `pip config list`, then run the command again; finished downloads are kept",
            details=tail(output),
        )
    )


def wheel_damaged(wheel: Path) -> InterlockError:
    """A wheel in the cache does not unpack; it has been removed."""
    return InterlockError(
        Finding(
            code="IL704",
            what=f"{wheel.name} in the download cache is damaged",
            why="it was truncated or changed after pip had checked it; it has been removed",
            fix="run the command again",
        )
    )


def interpreter_unusable(interpreter: Path, reason: str, output: str = "") -> InterlockError:
    """An interpreter that cannot be made into a package."""
    return InterlockError(
        Finding(
            code="IL705",
            what=f"cannot make a python package from {interpreter}",
            why=reason,
            fix="use a regular CPython 3.10 or newer for x86-64 Linux",
            details=tail(output),
        )
    )


def headers_missing(interpreter: str, minor: str) -> Finding:
    """The package will run Python but cannot compile extensions."""
    return Finding(
        code="IL706",
        severity=Severity.WARNING,
        what=f"{interpreter} has no Python.h, so its package cannot build C extensions",
        why="the operating system packages the headers of Python separately",
        fix=f"install them (Debian, Ubuntu: apt install python{minor}-dev) and make the channel again",
    )


def ensurepip_missing(interpreter: str, minor: str) -> Finding:
    """The package will run Python but its venvs have no pip."""
    return Finding(
        code="IL711",
        severity=Severity.WARNING,
        what=f"{interpreter} has no ensurepip, so `python -m venv` of its package cannot install pip",
        why="the operating system packages venv support separately",
        fix=f"install it (Debian, Ubuntu: apt install python{minor}-venv) and make the channel again",
    )


def python_not_built(interpreter: str, reason: str) -> InterlockError:
    """rattler-build or the repackaging script failed."""
    return InterlockError(
        Finding(
            code="IL707",
            what=f"could not make the python package from {interpreter}",
            why="the script of the recipe failed; its last lines are below",
            fix="use another interpreter (--interpreter), or report this with the lines below",
            details=tail(reason),
        )
    )


def file_missing(package: str, wheel: str, patterns: Sequence[str]) -> InterlockError:
    """NVIDIA changed the layout of a wheel."""
    return InterlockError(
        Finding(
            code="IL708",
            what=f"{wheel} has no file for {package}: {' or '.join(patterns)}",
            why="this release of the wheel has another layout than the recipe expects",
            fix="use another CUDA minor version, or update Interlock",
        )
    )


def component_missing(component: str, version: str) -> InterlockError:
    """NVIDIA changed what belongs to a release."""
    return InterlockError(
        Finding(
            code="IL708",
            what=f"CUDA toolkit {version} has no component {component}",
            why="the recipe expects it among the components in the toolkit's metapackage",
            fix="use another CUDA minor version, or update Interlock",
        )
    )


def compiler_missing(package: str, output: str = "") -> InterlockError:
    """The stub libraries have to be compiled, with any C compiler."""
    return InterlockError(
        Finding(
            code="IL709",
            what=f"there is no working C compiler (cc, gcc or clang) to make the link library of {package}",
            why="the package index does not have the driver's libraries; Interlock compiles a stub to link against",
            fix="install a C compiler (Debian, Ubuntu: apt install g++), which nvcc needs as well",
            details=tail(output),
        )
    )


def platform_unsupported(platform: str) -> InterlockError:
    """Only linux-64 can be made."""
    return InterlockError(
        Finding(
            code="IL710",
            what=f"the embedded channel cannot be made on {platform}",
            why="its recipes repackage ELF binaries for x86-64 Linux",
            fix="use conda-forge, or make the channel on a linux-64 machine",
        )
    )


def package_unknown(name: str, nearest: Sequence[str]) -> InterlockError:
    """A name in `only` is not in the recipe."""
    return InterlockError(
        Finding(
            code="IL712",
            what=f"the CUDA recipe has no package {name}",
            fix=f"did you mean {' or '.join(nearest)}?" if nearest else "see docs/channel.md for the packages",
        )
    )


def not_indexed(directory: Path, reason: str) -> InterlockError:
    """The packages are complete but repodata could not be written."""
    return InterlockError(
        Finding(
            code="IL713",
            what=f"could not index the channel {directory}",
            why=reason,
            fix="check the free disk space and run the command again; finished packages are kept",
        )
    )
