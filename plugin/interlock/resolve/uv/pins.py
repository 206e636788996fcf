"""Distributions that conda provides, as constraints that uv can neither replace nor remove.

Each one becomes a stub wheel and two constraints, ``numpy==2.1.3`` and ``numpy @ file:///…/numpy-2.1.3-py3-none-any.whl``:
the URL keeps every index out, the version keeps other versions of dependants away and appears in error messages.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import zipfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from interlock.core.files import staging
from interlock.core.paths import cache_dir
from interlock.resolve.uv.metadata_stub_backend import ASSUMED_MARK
from interlock.resolve.uv.ranges import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.utils import NormalizedName

    from interlock.resolve.uv.log import Limit
    from interlock_hooks.types import Metadata, ProvidedDistribution, PyPIRequest


# Zip archives cannot hold an older time; a fixed one makes equal stubs equal files.
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_LEADING_RELEASE = re.compile(r"\d+(\.\d+)*")


def pin_constraints(request: PyPIRequest) -> list[str]:
    """Constraint lines that hold each provided distribution at the version that conda supplies, with known extras."""
    lines: list[str] = []
    folder = stubs()
    for entry in request.provided:
        version = pin_version(entry.version)
        stub = stub_wheel(folder, entry.name, version, known_metadata(request, entry.name, version))
        lines += [f"{entry.name}=={version}", f"{entry.name} @ {_address(stub)}"]
    return lines


def own_constraints(request: PyPIRequest) -> tuple[str, ...]:
    """The constraints of a request without those that pin what conda provides."""
    return (*request.constraints, *(entry.constraint for entry in request.excluded))


def direct_ranges(request: PyPIRequest) -> list[str]:
    """The ranges that requirements put on packages from a URL, as constraints, as far as uv ignores them.

    It ignores ``app[x]<2`` beside ``app @ file:///app``, but not ``app<2``; if ``app`` is editable, it ignores both.
    """
    asked = [Requirement(each.text) for each in request.requirements]
    direct = {canonicalize_name(each.name) for each in asked if each.url}
    editable = {each.name for each in request.requirements if each.editable}
    return [
        f"{each.name}{each.specifier}{f' ; {each.marker}' if each.marker else ''}"
        for each in asked
        if each.specifier and canonicalize_name(each.name) in (direct if each.extras else editable)
    ]


def known_metadata(request: PyPIRequest, name: NormalizedName, version: str) -> Metadata | None:
    """What is known of a distribution of conda's in a version, of which only extras count; the manifest comes first."""
    if not request.metadata:
        return None
    known = (entry for entry in request.metadata if entry.name == name and entry.version in (None, version))
    return min(known, key=lambda entry: entry.origin != "manifest", default=None)


def is_from_conda(entry: ProvidedDistribution) -> bool:
    """Whether a conda package provides it: these are told by their name, resolved packages with their version."""
    return " " not in entry.record


def limits_of(request: PyPIRequest) -> Iterator[Limit]:
    """The constraints of a request, pins included, as uv's log has them: each pin once by version and once by URL."""
    for constraint in map(Requirement, (*own_constraints(request), *direct_ranges(request))):
        yield canonicalize_name(constraint.name), canonical(constraint.specifier)
    for entry in request.provided:
        yield entry.name, frozenset({f"=={pin_version(entry.version)}"})
        yield entry.name, frozenset()


def mark_constraint() -> str:
    """The constraint line that makes the mark of assumed metadata resolvable."""
    return f"{ASSUMED_MARK} @ {_address(stub_wheel(stubs(), ASSUMED_MARK, '0', None))}"


@cache
def pin_version(version: str) -> str:
    """A conda version as PEP 440 can say it, with its local part: ``==2.1`` and ``==2.1+cu124`` admit 2.1+cu124.

    Of a version that PEP 440 does not know (``9e``), the leading release is used.
    """
    try:
        return str(Version(version))
    except ValueError:
        match = _LEADING_RELEASE.match(version)
        return match.group() if match else "0"


def stubs() -> str:
    """The folder of all stub wheels."""
    return str(cache_dir() / "stubs")


def stub_wheel(folder: str, name: str, version: str, metadata: Metadata | None) -> str:
    """A wheel that has a name, a version and extras but no content; made in ``folder`` when it is not there.

    There can be thousands, which is why paths are text here.
    """
    text = _metadata_text(name, version, metadata)
    key = hashlib.sha256(text.encode()).hexdigest()[:16]
    path = f"{folder}/{key}/{name.replace('-', '_')}-{version}-py3-none-any.whl"
    if not _has_content(path):
        # Any can be recreated.
        with staging(Path(path), durable=False) as staged:
            staged.write_bytes(_wheel(name, version, text))
    return path


def _has_content(path: str) -> bool:
    # A file of size zero is what a crash of the machine can leave behind a rename.
    try:
        return os.stat(path).st_size > 0  # noqa: PTH116
    except FileNotFoundError:
        return False


def _address(path: str) -> str:
    return f"file://{quote(os.fsencode(path))}"


def _metadata_text(name: str, version: str, metadata: Metadata | None) -> str:
    lines = ["Metadata-Version: 2.3", f"Name: {name}", f"Version: {version}"]
    if metadata is not None:
        lines += [f"Provides-Extra: {extra}" for extra in metadata.provides_extra]
        lines += [f"Requires-Dist: {text}" for text in metadata.requires_dist if is_only_for_extra(text)]
    return "\n".join(lines) + "\n"


def is_only_for_extra(requirement: str) -> bool:
    """Whether a requirement of a distribution has to do with an extra."""
    return "extra" in str(Requirement(requirement).marker or "")


def _wheel(name: str, version: str, metadata: str) -> bytes:
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    tags = "Wheel-Version: 1.0\nGenerator: interlock\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for file, text in (("METADATA", metadata), ("WHEEL", tags), ("RECORD", "")):
            archive.writestr(zipfile.ZipInfo(f"{info}/{file}", _ZIP_EPOCH), text)
    return buffer.getvalue()
