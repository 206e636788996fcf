"""The lines of pip's requirements format that ask for what is locked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.export.places import is_local, path_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from interlock.export.model import Subject
    from interlock_hooks.types import PyPIPackage


def pip_lines(subject: Subject, before_hash: str) -> Iterator[str]:
    """The lines of a requirements file that ask for exactly the packages of the lock, with ``before_hash`` and a hash.

    pip wants hashes for all packages or for none: there are none if :func:`without_hash` names one.
    """
    packages, direct = subject.locked.resolution.packages, subject.named_by_url()
    hashed = not without_hash(subject)
    for package in packages:
        line = _pip_line(package, subject.root, by_url=package.name in direct)
        yield f"{line}{before_hash}--hash=sha256:{package.artifact.sha256}" if hashed else line


def without_hash(subject: Subject) -> list[PyPIPackage]:
    """The packages that have no hash: those of repositories, directories and indexes without hashes."""
    return [package for package in subject.locked.resolution.packages if package.artifact.sha256 is None]


def _pip_line(package: PyPIPackage, root: Path, *, by_url: bool) -> str:
    """The line of a requirements file that asks for exactly this package; ``by_url`` that it is named by its URL."""
    artifact = package.artifact
    fragment = f"#subdirectory={artifact.subdirectory}" if artifact.subdirectory else ""
    if artifact.kind == "git":
        return f"{package.name} @ git+{artifact.url}@{artifact.commit}{fragment}"
    if is_local(artifact):
        # pip splits the line as a shell does, and uv does not: only in a URL are blanks the same for both.
        if artifact.editable and " " in path_of(artifact, root):
            return f"-e {artifact.url}{fragment}"
        # A requirement of PEP 508 has no relative paths.
        return f"{'-e ' if artifact.editable else ''}{path_of(artifact, root)}{fragment}"
    return f"{package.name} @ {artifact.url}{fragment}" if by_url else f"{package.name}=={package.version}"
