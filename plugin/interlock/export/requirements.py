"""A requirements file for pip and uv: every PyPI package at its version, with hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.export.findings import without_conda, without_hashes, without_plans
from interlock.export.model import Exported
from interlock.export.pip_options import pip_options
from interlock.export.places import pip_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from interlock.export.model import Subject
    from interlock_hooks.types import Finding, PyPIPackage

_FILE = "requirements.txt"


def export(subject: Subject) -> Exported:
    """One line for each PyPI package; those without a wheel are built from their sdist there as well."""
    packages = subject.locked.resolution.packages
    direct = subject.named_by_url()
    unhashed = [package for package in packages if package.artifact.sha256 is None]
    lines = [
        subject.heading,
        *(f"# From conda: {each.name} {each.version}" for each in subject.supplied_by_conda()),
        *pip_options(subject),
        *(f"--no-binary {package.name}" for package in packages if package.artifact.kind == "sdist"),
        *(_line(package, subject.root, by_url=package.name in direct, hashed=not unhashed) for package in packages),
    ]
    return Exported(text="\n".join(lines) + "\n", findings=tuple(_findings(subject, unhashed)))


def _line(package: PyPIPackage, root: Path, *, by_url: bool, hashed: bool) -> str:
    line = pip_line(package, root, by_url=by_url)
    return f"{line} \\\n    --hash=sha256:{package.artifact.sha256}" if hashed else line


def _findings(subject: Subject, unhashed: list[PyPIPackage]) -> Iterator[Finding]:
    if supplied := subject.supplied_by_conda():
        yield without_conda(_FILE, supplied)
    if plans := subject.special_builds():
        yield without_plans(_FILE, plans, for_uv=True)
    if unhashed:
        yield without_hashes(_FILE, unhashed)
