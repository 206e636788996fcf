"""``exclude-newer``: packages that were uploaded later do not exist for the solve."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from interlock.manifest import codes
from interlock_hooks.types.requirements import UNLIMITED

if TYPE_CHECKING:
    from collections.abc import Callable

    from interlock.manifest.table import Table

_Name = TypeVar("_Name", bound=str)


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
    # Imported here: few manifests have a limit.
    from interlock.core.cutoff import normalised

    try:
        return normalised(value)
    except ValueError as error:
        what = f"{value!r} is neither a date, nor a time stamp, nor a duration"
        fix = "write it like '2026-01-31', '2026-01-31T00:00:00Z', '7d' or '6 months'"
        table.error(codes.WRONG_VALUE, what, key, why=str(error), fix=fix)
        return None


def read_own_limit(table: Table, key: str = "exclude-newer") -> str | None:
    """The time limit of one index, channel or package; none at all for ``false`` (uv's) and ``0d`` (pixi's)."""
    if table.raw(key) is False:
        return UNLIMITED
    limit = read_exclude_newer(table, key)
    if limit is None:
        return None
    from interlock.core.cutoff import normalised

    return UNLIMITED if limit == normalised("0d") else limit


def read_limits(
    table: Table, key: str, read_name: Callable[[Table, str], _Name | None]
) -> tuple[tuple[_Name, str], ...]:
    """The time limits of single packages, in a table by their names."""
    packages = table.table(key)
    found: dict[_Name, str] = {}
    for written in packages.entries() if packages else ():
        if packages and (name := read_name(packages, written)) and (limit := read_own_limit(packages, written)):
            found[name] = limit
    return tuple(found.items())
