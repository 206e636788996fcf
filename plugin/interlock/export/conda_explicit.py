"""An explicit file of conda (CEP 23): the URLs of all conda packages, in the order in which they are linked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.export.findings import without_pypi
from interlock.export.model import Exported

if TYPE_CHECKING:
    from interlock.export.model import Subject
    from interlock_hooks.types import CondaRecord

_FILE = "the explicit file"


def export(subject: Subject) -> Exported:
    """The file for ``conda create --file``; it has no PyPI packages."""
    packages = subject.locked.resolution.packages
    lines = [
        subject.heading,
        f"# platform: {subject.locked.conda.platform}",
        "@EXPLICIT",
        *map(_line, subject.locked.conda.records),
    ]
    return Exported(text="\n".join(lines) + "\n", findings=(without_pypi(_FILE, packages),) if packages else ())


def _line(record: CondaRecord) -> str:
    # Every release of conda and mamba reads an MD5.
    digest = record.md5 or (f"sha256:{record.sha256}" if record.sha256 else "")
    return f"{record.url}#{digest}" if digest else record.url
