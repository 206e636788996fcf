"""A requirements file for pip and uv: every PyPI package at its version, with hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.export.findings import without_conda, without_hashes, without_plans
from interlock.export.model import Exported
from interlock.export.pip_lines import pip_lines, without_hash
from interlock.export.pip_options import pip_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from interlock.export.model import Subject
    from interlock_hooks.types import Finding

_FILE = "requirements.txt"


def export(subject: Subject) -> Exported:
    """One line for each PyPI package; those without a wheel are built from their sdist there as well."""
    packages = subject.locked.resolution.packages
    lines = [
        subject.heading,
        *(f"# From conda: {each.name} {each.version}" for each in subject.supplied_by_conda()),
        *pip_options(subject),
        *(f"--no-binary {package.name}" for package in packages if package.artifact.kind == "sdist"),
        *pip_lines(subject, " \\\n    "),
    ]
    return Exported(text="\n".join(lines) + "\n", findings=tuple(_findings(subject)))


def _findings(subject: Subject) -> Iterator[Finding]:
    if supplied := subject.supplied_by_conda():
        yield without_conda(_FILE, supplied)
    if plans := subject.special_builds():
        yield without_plans(_FILE, plans, for_uv=True)
    if unhashed := without_hash(subject):
        yield without_hashes(_FILE, unhashed)
