"""Which texts of a conda record become names of files and folders, and whether they can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.inside import is_file_name, leads_out

if TYPE_CHECKING:
    from interlock_hooks.types import CondaRecord

_NAMES = ("name", "version", "build", "subdir", "file_name")


def check_record_names(record: CondaRecord) -> None:
    """Raise :class:`ValueError` with the reason for a record with a text that would lead out of a cache or a prefix."""
    for field in _NAMES:
        name = getattr(record, field)
        if not is_file_name(name):
            raise ValueError(f"its {field.replace('_', ' ')} {name!r} cannot be the name of a file")
    place = record.python_site_packages_path
    if place is not None and leads_out(place):
        raise ValueError(f"its site-packages directory {place!r} lies outside of the environment")
