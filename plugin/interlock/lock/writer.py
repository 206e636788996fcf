"""Writing ``interlock.lock``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import tomli_w

from interlock.core.files import write_if_changed
from interlock.lock.document import to_document
from interlock.lock.findings import unusable
from interlock.lock.portable import Portable
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from interlock.lock.model import Lock

_HEADER = """\
# Written by Interlock: what was solved, resolved and planned for the manifest beside it. Keep it under version control,
# do not edit it: change the manifest and run `interlock env lock`.

"""


def render(lock: Lock, root: Path, beside: Iterable[Path] = ()) -> str:
    """The text of the lock of a project in ``root``: the same lock gives the same text on every machine.

    ``beside`` are as for :class:`Portable`.
    """
    return _HEADER + tomli_w.dumps(to_document(lock, Portable(root, beside)))


def write(
    path: Path, lock: Lock, *, root: Path | None = None, beside: Iterable[Path] = (), alone: bool = False
) -> bool:
    """Write the lock and say whether the file changed; an equal file is not touched.

    ``root`` is the project's directory, by default that of the file; ``beside`` are as for :class:`Portable`,
    and ``alone`` is as for :func:`write_atomic`. Raises :class:`InterlockError` (IL604) and keeps the old file when it
    cannot be written.
    """
    text = render(lock, path.parent if root is None else root, beside)
    try:
        return write_if_changed(path, text, alone=alone)
    except OSError as error:
        raise InterlockError(unusable(path, "written", error)) from error
