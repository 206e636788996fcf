"""What ``[tool.uv]`` says of groups: which are installed by default, for which Python, and which never together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packaging.utils import NormalizedName, canonicalize_name

from interlock.manifest import codes
from interlock.manifest.model import Conflict
from interlock.manifest.report import nearest
from interlock.manifest.requirements import Parsed, read_names, read_requirement, read_specifiers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from interlock.manifest.table import Table
    from interlock_hooks.types.findings import Location

DEV = canonicalize_name("dev")
_ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupOptions:
    """What uv's table says of groups, by names in normal form.

    ``default`` are the groups that are installed if nothing else is asked for, ``None`` stands for all; ``dev`` is what
    the older ``dev-dependencies`` add to the group of that name; ``requires_python`` is for each group.
    """

    default: tuple[NormalizedName, ...] | None = (DEV,)
    dev: tuple[tuple[Parsed, Location], ...] = ()
    requires_python: Mapping[NormalizedName, tuple[str, Location]] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()


def read_groups(table: Table, own: str | None) -> GroupOptions:
    """Read the settings for groups; ``own`` is the name of the project."""
    return GroupOptions(
        default=_default(table),
        dev=tuple(
            (parsed, table.where("dev-dependencies", index))
            for index, text in table.numbered_strings("dev-dependencies")
            if (parsed := read_requirement(table, text, "dev-dependencies", index))
        ),
        requires_python=_requires_python(table),
        conflicts=tuple(_conflicts(table, own)),
    )


def check_groups(table: Table, groups: Collection[str]) -> None:
    """Report settings for groups that the manifest does not declare; ``groups`` are the names that it declares."""
    known = {canonicalize_name(name) for name in groups}
    for name, keys in _named(table):
        if canonicalize_name(name) not in known:
            guess = nearest(name, groups)
            fix = f"did you mean {guess!r}?" if guess else f"declare it: [dependency-groups] with {name} = [...]"
            absent = [("dependency-groups", name)]
            table.error(codes.UNKNOWN_FEATURE, f"there is no dependency group {name!r}", *keys, fix=fix, absent=absent)


def _named(table: Table) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    default, settings = table.raw("default-groups"), table.raw("dependency-groups")
    if isinstance(default, list):
        yield from ((name, ("default-groups", index)) for index, name in enumerate(default) if isinstance(name, str))
    if isinstance(settings, dict):
        yield from ((name, ("dependency-groups", name)) for name in settings)


def _default(table: Table) -> tuple[NormalizedName, ...] | None:
    value = table.raw("default-groups")
    if value is None:
        return (DEV,)
    if value == _ALL:
        return None
    if isinstance(value, str):
        fix = f'write ["{value}"]'
        table.error(codes.WRONG_VALUE, f"'default-groups' is an array or {_ALL!r}", "default-groups", fix=fix)
        return ()
    return read_names(table, "default-groups")


def _requires_python(table: Table) -> dict[NormalizedName, tuple[str, Location]]:
    found = {}
    for group, settings in table.children("dependency-groups"):
        text = settings.string("requires-python")
        specifiers = read_specifiers(settings, text, "requires-python") if text else ""
        if specifiers:
            found[canonicalize_name(group)] = (specifiers, settings.where("requires-python"))
        settings.close()
    return found


def _conflicts(table: Table, own: str | None) -> list[Conflict]:
    found = []
    for index, value in table.elements("conflicts", "an array of arrays of tables"):
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            table.wrong_type("an array of arrays of tables", value, "conflicts", index)
            continue
        features = [
            feature
            for number, item in enumerate(value)
            if (feature := _member(table.at(item, "conflicts", index, number), own))
        ]
        if len(set(features)) > 1:
            found.append(Conflict(features=tuple(dict.fromkeys(features)), where=table.where("conflicts", index)))
    return found


def _member(item: Table, own: str | None) -> NormalizedName | None:
    """The extra or group that an element of a conflict names; ``None`` if it is that of another package."""
    extra, group, package = item.string("extra"), item.string("group"), item.string("package")
    item.close()
    if extra and group:
        item.error(codes.CONFLICT, "an element of a conflict names an extra or a group, not both", "group")
        return None
    if not (extra or group or package):
        what = "an element of a conflict needs one of extra, group and package"
        item.error(codes.MISSING_KEY, what, absent=[(*item.path, key) for key in ("extra", "group", "package")])
    foreign = package is not None and (own is None or canonicalize_name(package) != canonicalize_name(own))
    named = extra or group
    return canonicalize_name(named) if named and not foreign else None
