"""Wheels that the target cannot use, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from interlock.core.platforms import find_subdir
from interlock.core.tags import glibc_minor, glibc_of, interpreter_tags
from interlock.resolve.uv.findings import wheel_unfit

if TYPE_CHECKING:
    from packaging.tags import Tag

    from interlock.engines.pylock import UnfitError
    from interlock_hooks.types import Finding, Location, PythonTarget


def unfit(error: UnfitError, python: PythonTarget, where: Location | None = None) -> Finding:
    """IL313, with what the first wheel is for, and the way out."""
    filenames = error.filenames or (error.name,)
    why, fix = _reason(_tags(filenames[0]), python)
    return wheel_unfit(filenames, python, why, where=where, fix=fix)


def _tags(filename: str) -> frozenset[Tag]:
    try:
        return parse_wheel_filename(filename)[3]
    except InvalidWheelFilename:
        return frozenset()


def _reason(tags: frozenset[Tag], python: PythonTarget) -> tuple[str, str]:
    known = interpreter_tags(python)
    for_interpreter = [tag for tag in tags if (tag.interpreter, tag.abi) in known]
    another = f"name a wheel for {python} on {python.platform}, or a source distribution"
    if not for_interpreter:
        kinds = ", ".join(sorted({f"{tag.interpreter}-{tag.abi}" for tag in tags})) or "no known interpreter"
        flag = "; extension modules for free-threaded Python have their own ABI" if python.free_threaded else ""
        return f"it is for {kinds}{flag}", f"ask conda for a Python version that it supports, or {another}"
    machine = f"_{find_subdir(python.platform).tag}"
    here = [tag.platform for tag in for_interpreter if tag.platform.endswith(machine)]
    floors = [floor for platform in here if (floor := glibc_of(platform)) is not None]
    if floors:
        needed = ".".join(map(str, min(floors)))
        reason = f"it needs glibc {needed}, but the environment is for machines with 2.{glibc_minor(python)}"
        return reason, f'declare `libc = "{needed}"` in the system requirements, if all machines have it, or {another}'
    platforms = ", ".join(sorted({tag.platform for tag in for_interpreter}))
    return f"it is for {platforms}", another
