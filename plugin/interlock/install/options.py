"""How an install goes about its work."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallOptions:
    """What a user may ask of an install, beside what is to be installed.

    With ``repair`` every file of the prefix is compared with what its package brought, and damaged packages are
    installed again. ``lock_timeout`` is how many seconds to wait while another process works on the prefix; ``None``
    for as long as it takes.
    """

    repair: bool = False
    lock_timeout: float | None = None
