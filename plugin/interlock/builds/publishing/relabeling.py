"""A wheel with a local version of its own: the same files, under another version (PEP 427, PEP 440)."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.utils import parse_wheel_filename
from packaging.version import Version

from interlock.builds.rewriting import rewrite, the_info
from interlock.core.archives import open_zip

_VERSION = re.compile(rb"^Version:[^\n]*", re.MULTILINE | re.IGNORECASE)


def relabeled(wheel: Path, label: str, folder: Path) -> Path:
    """The wheel in ``folder``, with ``label`` behind what its version has as a local part.

    Raises :class:`ValueError`, :class:`zipfile.BadZipFile` and :class:`OSError`.
    """
    old = parse_wheel_filename(wheel.name)[1]
    version = Version(f"{old.public}+{f'{old.local}.' if old.local else ''}{label}") if label else old
    name, _, rest = wheel.name.split("-", 2)
    target = folder / f"{name}-{version}-{rest}"
    with open_zip(wheel) as archive:
        info = the_info(archive)
        metadata = _VERSION.sub(f"Version: {version}".encode(), archive.read(f"{info}/METADATA"), count=1)
    stem = info.removesuffix(".dist-info")
    renamed = f"{stem.partition('-')[0]}-{version}"

    def moved(path: str) -> str:
        for end in (".dist-info/", ".data/"):
            if path.startswith(stem + end):
                return renamed + path.removeprefix(stem)
        return path

    with TemporaryDirectory(dir=folder) as scratch:
        changed = Path(scratch, "METADATA")
        changed.write_bytes(metadata)
        rewrite(wheel, target, {f"{info}/METADATA": changed}, moved=moved)
    return target
