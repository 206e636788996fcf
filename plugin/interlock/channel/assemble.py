"""A conda package from a tree of files, without a recipe: the boundary to rattler-build's assembler."""

from __future__ import annotations

import tempfile
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.channel import findings
from interlock.engines.quiet import without_bars

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interlock.channel.packages import ChannelDirectory, PackageId

# zstd level: beyond it the files shrink by a few percent and the time doubles.
COMPRESSION = 3


def assemble(
    channel: ChannelDirectory,
    package: PackageId,
    *,
    files: Path | None = None,
    depends: Sequence[str] = (),
    constrains: Sequence[str] = (),
    summary: str = "",
    license_id: str = "",
    license_files: Sequence[Path] = (),
) -> None:
    """Pack `files` (the tree of the prefix; none for a metapackage) as `package` and add it to `channel`."""
    try:
        from rattler_build import RattlerBuildError, assemble_package
    except ImportError as error:
        raise findings.tools_missing(["py-rattler-build"]) from error
    with channel.workspace() as work:
        tree = files if files is not None else Path(tempfile.mkdtemp(dir=work))
        try:
            with without_bars():
                output = assemble_package(
                    package.name,
                    package.version,
                    package.subdir,
                    package.build,
                    work,
                    files_dir=tree,
                    depends=depends,
                    constrains=constrains,
                    summary=summary or None,
                    license=license_id or None,
                    license_files=license_files or None,
                    build_number=package.number,
                    noarch="generic" if package.subdir == "noarch" else None,
                    compression_level=COMPRESSION,
                    detect_prefix=False,
                    # Between equal versions a solver takes the newest.
                    timestamp=datetime.now(timezone.utc),
                )
        except RattlerBuildError as error:
            raise findings.directory_unusable(channel.root, f"{package} could not be packed: {error}") from error
        channel.add(Path(output.path), package)
