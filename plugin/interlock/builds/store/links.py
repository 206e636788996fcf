"""The libraries outside of a wheel to which those in it refer, by a path or by name."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath

from interlock.core.archives import open_zip
from interlock.engines.rattler.prefix_records import record_files

_CHUNK = 1 << 22
_OVERLAP = 1 << 12  # no path is longer
# As the string tables of libraries have the names of what they need, with a path before it on macOS.
_LIBRARY = re.compile(rb"(?<=[\0/])lib[\w.+-]+?(?:\.so(?:\.[\w.]+)?|\.dylib)(?=\0)")
# The interpreter has its own place in the identity of a build, and the runtimes of compilers keep what they promised.
_STABLE = re.compile(
    r"python|(?:libgcc|libstdcxx|libgfortran|libgomp|libcxx|libcxxabi|_openmp_mutex|llvm-openmp)\d*(?:-ng)?"
)


def refers_to(wheel: Path, prefix: Path) -> bool:
    """Whether libraries in a wheel search for others below ``prefix`` (a run path such as ``PREFIX/lib``).

    Debug information names paths too, without effect; a run path ends right after the directory. In a damaged wheel,
    which no installer takes, nothing is looked for.
    """
    path = str(prefix / "lib").encode()
    needles = (path + b"\0", path + b":", path + b"64\0")
    return any(needle in part for part in _parts(wheel) for needle in needles)


def linked_records(wheel: Path, prefix: Path, *, with_stable: bool = False) -> tuple[str, ...]:
    """The conda packages of ``prefix`` that have a library which those in the wheel name, as those do that they need.

    The interpreter and the runtimes of compilers are only among them ``with_stable``. One too many only costs an
    unneeded build later.
    """
    named = {name.decode() for part in _parts(wheel) for name in _LIBRARY.findall(part)}
    return tuple(
        record
        for record, files in record_files(prefix).items()
        if (with_stable or not is_stable(record)) and any(_is_one_of(named, PurePosixPath(file)) for file in files)
    )


def is_stable(record: str) -> bool:
    """Whether what was linked with the libraries of a conda package works with other versions of it as well."""
    return _STABLE.fullmatch(record) is not None


def _is_one_of(names: set[str], file: PurePosixPath) -> bool:
    return file.name in names and file.parts[:-1] == ("lib",)


def _parts(wheel: Path) -> Iterator[bytes]:
    """The contents of the libraries in a wheel, in parts that overlap."""
    with suppress(zipfile.BadZipFile), open_zip(wheel) as archive:
        for name in archive.namelist():
            if ".so" not in Path(name).name and not name.endswith(".dylib"):
                continue
            tail = b""
            with archive.open(name) as file:
                while chunk := file.read(_CHUNK):
                    part = tail + chunk
                    yield part
                    tail = part[-_OVERLAP:]
