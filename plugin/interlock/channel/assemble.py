"""A conda package from a tree of files, added to a channel."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.channel import findings
from interlock.engines.packing import pack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interlock.channel.packages import ChannelDirectory, PackageId


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
    with channel.workspace() as work:
        try:
            archive = pack(
                package.name,
                package.version,
                package.build,
                package.subdir,
                files=files if files is not None else Path(tempfile.mkdtemp(dir=work)),
                folder=work,
                number=package.number,
                depends=depends,
                constrains=constrains,
                summary=summary,
                license_id=license_id,
                license_files=license_files,
            )
        except ImportError as error:
            raise findings.tools_missing(["py-rattler-build"]) from error
        except OSError as error:
            raise findings.directory_unusable(channel.root, str(error)) from error
        channel.add(archive, package)
