"""The files of a built wheel as a conda package has them, and the archive of the package."""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.engines.packing import pack
from interlock.engines.python.distributions import record_digest, site_distributions
from interlock.engines.python.interpreter import ask_interpreter
from interlock.engines.uv import create_venv, install_packages

if TYPE_CHECKING:
    from interlock.builds.publishing.conda_package import CondaPackage
    from interlock_hooks.types import PyPIPackage

_INSTALLER = b"conda\n"
# What an installer writes about itself, and about the place that the wheel came from.
_OF_INSTALLERS = frozenset({"INSTALLER", "RECORD", "REQUESTED", "direct_url.json", "uv_build.json", "uv_cache.json"})


def packed(package: CondaPackage, wheel: Path, installed: PyPIPackage, python: Path, folder: Path) -> Path:
    """The archive of a conda package in ``folder``, with the files of a wheel, the one of ``installed``.

    ``python`` is the interpreter that it is for. Raises :class:`InterlockError` (IL391, IL392) if the wheel cannot be
    installed, and :class:`OSError` if it cannot be packed.
    """
    work = Path(tempfile.mkdtemp(dir=folder))
    return pack(
        package.name,
        package.version,
        package.build,
        package.subdir,
        files=files_of(wheel, installed, python, work),
        folder=folder,
        depends=package.depends,
        constrains=package.constrains,
        summary=package.summary,
        license_id=package.license,
    )


def files_of(wheel: Path, installed: PyPIPackage, python: Path, folder: Path) -> Path:
    """The files of a wheel in a directory below ``folder``, where they belong in a prefix of ``python``.

    Programs look for the interpreter beside them, so that they work in every prefix. Raises as :func:`packed`.
    """
    place = folder / "installed"
    own = create_venv(python, place, system_site_packages=False, relocatable=True)
    install_packages(own, [installed], wheels={installed.name: wheel}, root=folder)
    distribution = site_distributions(Path(ask_interpreter(own).purelib))[installed.name]
    info, tree = distribution.info, folder / "files"
    rows = {}
    for file, digest in distribution.files.items():
        path = distribution.locate(file)
        if path.parent == info and path.name in _OF_INSTALLERS:
            continue
        rows[file] = digest or ""
        target = tree / path.relative_to(place)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    written = tree / info.relative_to(place)
    (written / "INSTALLER").write_bytes(_INSTALLER)
    rows[f"{info.name}/INSTALLER"] = record_digest(hashlib.sha256(_INSTALLER).digest())
    rows[f"{info.name}/RECORD"] = ""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows((file, digest, "") for file, digest in rows.items())
    (written / "RECORD").write_text(text.getvalue(), encoding="utf-8")
    return tree
