"""A conda package from a tree of files, without a recipe: the boundary to rattler-build's assembler."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from interlock.engines.quiet import without_bars

# zstd level: beyond it packages shrink by a few percent and the time doubles.
_COMPRESSION = 3


def pack(
    name: str,
    version: str,
    build: str,
    subdir: str,
    *,
    files: Path,
    folder: Path,
    number: int = 0,
    depends: Sequence[str] = (),
    constrains: Sequence[str] = (),
    summary: str = "",
    license_id: str = "",
    license_files: Sequence[Path] = (),
) -> Path:
    """Pack ``files``, the tree of a prefix, and return the archive, which is in ``folder``.

    Raises :class:`OSError` if they cannot be packed, and :class:`ImportError` without py-rattler-build.
    """
    from rattler_build import RattlerBuildError, assemble_package

    try:
        with without_bars():
            output = assemble_package(
                name,
                version,
                subdir,
                build,
                folder,
                files_dir=files,
                depends=depends,
                constrains=constrains,
                summary=summary or None,
                license=license_id or None,
                license_files=license_files or None,
                build_number=number,
                noarch="generic" if subdir == "noarch" else None,
                compression_level=_COMPRESSION,
                detect_prefix=False,
                # Between equal versions a solver takes the newest.
                timestamp=datetime.now(timezone.utc),
            )
    except RattlerBuildError as error:
        raise OSError(f"{name} {version} could not be packed: {error}") from error
    return Path(output.path)
