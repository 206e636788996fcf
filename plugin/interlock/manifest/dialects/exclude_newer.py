"""``exclude-newer``: packages that were uploaded later do not exist for the solve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.cutoff import normalised
from interlock.manifest import codes

if TYPE_CHECKING:
    from interlock.manifest.table import Table


def read_exclude_newer(table: Table, key: str = "exclude-newer") -> str | None:
    """A time limit in the form of :func:`~interlock.core.cutoff.normalised`, plain or as pixi's table."""
    value = table.raw(key)
    if isinstance(value, dict):
        inner = table.at(value, key)
        limit = read_exclude_newer(inner, "cutoff")
        if inner.raw("exemptions"):
            inner.warning(codes.UNSUPPORTED, "exemptions have no effect: the limit applies to all", "exemptions")
        inner.close()
        return limit
    if value is not None and hasattr(value, "isoformat"):
        value = value.isoformat()
    if value is None:
        return None
    if not isinstance(value, str):
        table.wrong_type("a date, a time stamp or a duration", value, key)
        return None
    try:
        return normalised(value)
    except ValueError as error:
        what = f"{value!r} is neither a date, nor a time stamp, nor a duration"
        fix = "write it like '2026-01-31', '2026-01-31T00:00:00Z', '7d' or '6 months'"
        table.error(codes.WRONG_VALUE, what, key, why=str(error), fix=fix)
        return None
