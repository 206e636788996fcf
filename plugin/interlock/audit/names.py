"""The names of libraries and extension modules, taken apart (conventions of SONAMEs, PEP 3149 and auditwheel)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LIBRARY = re.compile(r"(?P<stem>.+?)\.so(?:\.(?P<version>[0-9][0-9A-Za-z.]*))?")
# auditwheel puts eight digits of a hash between name and version: libgomp-24e2ab19.so.1.0.0
_BUNDLED = re.compile(r"(?P<stem>lib.+?)-(?P<hash>[0-9a-f]{8})\.so(?:\.(?P<version>[0-9][0-9A-Za-z.]*))?")
_TAGGED = re.compile(r"\.(?:cpython|pypy|graalpy|abi3)[^.]*\.so")
# What the driver or a desktop brings, never an environment: a machine without them can still hold everything else.
_OF_THE_MACHINE = re.compile(
    r"lib(?:cuda|nv[a-z]*|nvidia-[\w-]+|OpenCL|amdhip64|hsa-runtime64|ze_loader|cuda_[\w]+|"
    r"GL|GLX|EGL|GLESv2|OpenGL|GLU|glib-2\.0|gobject-2\.0|gthread-2\.0|drm|gbm|vulkan|wayland-[\w]+|"
    r"X[\w-]+|xcb[\w-]*|xkbcommon[\w-]*|SM|ICE|asound|dbus-1|fontconfig|freetype|expat|pulse[\w-]*)\.so\.[0-9]+"
)
# The nvidia-* wheels bring these, so that an environment should have them.
_TOOLKIT = re.compile(r"libnv(?:rtc|JitLink|jitlink|ToolsExt|vm|infer[\w]*|onnxparser[\w]*|jpeg|ptxcompiler|blas)\b.*")


@dataclass(frozen=True, slots=True)
class LibraryName:
    """``libgomp-24e2ab19.so.1.0.0``: ``stem`` is ``libgomp``, ``version`` is ``1.0.0`` (empty if there is none).

    ``bundled`` says that it was renamed to travel in a wheel.
    """

    stem: str
    version: str
    bundled: bool = False


def library_name(file_name: str) -> LibraryName | None:
    """The parts of a library's file name or SONAME; ``None`` if it is not one."""
    bundled = _BUNDLED.fullmatch(file_name)
    if bundled:
        return LibraryName(bundled["stem"], bundled["version"] or "", bundled=True)
    plain = _LIBRARY.fullmatch(file_name)
    return LibraryName(plain["stem"], plain["version"] or "") if plain else None


def is_library(file_name: str) -> bool:
    """Whether a file is named like an extension module or a shared library."""
    return _LIBRARY.fullmatch(file_name) is not None


def is_for_other_python(file_name: str, suffixes: tuple[str, ...]) -> bool:
    """Whether an extension module is tagged for another interpreter than the one that imports ``suffixes``."""
    return _TAGGED.search(file_name) is not None and not file_name.endswith(tuple(s for s in suffixes if s != ".so"))


def is_of_the_machine(file_name: str) -> bool:
    """Whether a library comes with the machine's drivers or desktop, and not with packages."""
    return _OF_THE_MACHINE.fullmatch(file_name) is not None and _TOOLKIT.fullmatch(file_name) is None
