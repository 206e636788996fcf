"""Wheels that only miss by the age of the target's C library or macOS, where a source is built instead.

uv takes the sdist in silence, and its build may need a compiler that nobody has. So it is asked what it would take for
the newest platform that it knows; nothing else changes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packaging.utils import parse_wheel_filename

from interlock.core.platforms import DEFAULT_GLIBC, DEFAULT_MACOS, find_subdir
from interlock.core.tags import interpreter_tags, platform_floor
from interlock.resolve.stated import is_required_by_url
from interlock_hooks.types import InterlockError, Metadata, PassedOver, Requirement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from interlock_hooks.types import PyPIPackage, PyPIRequest, PythonTarget, Resolution

# Newer than any that wheels are made for.
_NEWEST_GLIBC, _NEWEST_MACOS = "2.99", "99.0"


@dataclass(frozen=True, slots=True)
class Unreached:
    """A wheel of a package that needs version ``floor`` of what the manifest calls ``key`` (``libc``, ``macos``).

    ``assumed`` is the version that the target has.
    """

    package: PyPIPackage
    filename: str
    key: str
    floor: str
    assumed: str

    @property
    def why(self) -> str:
        """What keeps the target from using it."""
        thing = "glibc" if self.key == "libc" else "macOS"
        return f"{self.filename} needs {thing} {self.floor}, and {self.assumed} is assumed"

    @property
    def passed_over(self) -> PassedOver:
        """The wheel as something that was considered and not used."""
        return PassedOver(name=self.package.name, version=self.package.version, why=self.why)


def unreached_wheels(
    request: PyPIRequest, resolution: Resolution, resolve: Callable[[PyPIRequest], Resolution]
) -> Iterator[Unreached]:
    """For each sdist of the resolution the wheel that the target is too old for.

    ``resolve`` is asked once, and only if there are sdists; if it finds nothing, that is not an error.
    """
    sdists = [package for package in resolution.packages if _could_be_a_wheel(package, request)]
    if not sdists or not request.python.platform.startswith(("linux-", "osx-")):
        return
    try:
        found = resolve(_for_the_newest(request, sdists))
    except InterlockError:
        return
    for package in sdists:
        wheel = found.get(package.name)
        if wheel is not None and wheel.artifact.kind == "wheel":
            yield from _unreached(package, wheel.artifact.filename or "", request.python)


def _could_be_a_wheel(package: PyPIPackage, request: PyPIRequest) -> bool:
    by_url = is_required_by_url(package.name, request.requirements)
    return package.artifact.kind == "sdist" and not by_url and package.name not in request.options.no_binary


def _for_the_newest(request: PyPIRequest, sdists: list[PyPIPackage]) -> PyPIRequest:
    """The request for these packages alone, whatever they require, on a platform that is as new as can be."""
    own = {entry.name: entry for entry in request.requirements}
    pins = tuple(
        replace(own.get(each.name, Requirement(name=each.name, text="")), text=f"{each.name}=={each.version}")
        for each in sdists
    )
    return replace(
        request,
        python=replace(request.python, glibc=_NEWEST_GLIBC, macos=_NEWEST_MACOS),
        requirements=pins,
        constraints=(),
        overrides=(),
        provided=(),
        preferred=(),
        metadata=tuple(Metadata(name=each.name, version=each.version) for each in sdists),
    )


def _unreached(package: PyPIPackage, filename: str, python: PythonTarget) -> Iterator[Unreached]:
    known, machine = interpreter_tags(python), f"_{find_subdir(python.platform).tag}"
    tags = parse_wheel_filename(filename)[3]
    here = [tag.platform for tag in tags if (tag.interpreter, tag.abi) in known and tag.platform.endswith(machine)]
    floors = [floor for platform in here if (floor := platform_floor(platform)) is not None]
    if floors:
        mac = python.platform.startswith("osx-")
        assumed = (python.macos or DEFAULT_MACOS) if mac else (python.glibc or DEFAULT_GLIBC)
        yield Unreached(package, filename, "macos" if mac else "libc", ".".join(map(str, min(floors))), assumed)
