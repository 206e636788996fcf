"""``[tool.interlock]``: settings that the other dialects do not have. Unknown keys are errors here, not warnings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from interlock.manifest import codes
from interlock.manifest.dialects.prebuilt import read_prebuilt
from interlock.manifest.dialects.trust import read_trust
from interlock.manifest.dialects.uv import read_torch_backend
from interlock.manifest.dialects.uv_build import read_build_requirements, read_config_settings
from interlock.manifest.requirements import read_name, read_names
from interlock.manifest.urls import absolute
from interlock_hooks.types.build import (
    Allow,
    Belief,
    BuildMode,
    BuildOptions,
    Discovery,
    PackageBuildOptions,
    StoreLocation,
)
from interlock_hooks.types.environment import AuditOptions, IgnoredAdvisory, SolveOptions
from interlock_hooks.types.requirements import NameSelection

if TYPE_CHECKING:
    from interlock.manifest.table import Table

_SIZE = re.compile(r"(?P<number>[0-9]{1,15}(?:\.[0-9]{1,15})?)\s*(?P<unit>[KMGT]?)(?P<binary>i?)B?\Z", re.IGNORECASE)
_ARCHITECTURE = re.compile(r"\d+\.\d+[af]?(\+PTX)?\Z")
# The tables of built-in plugins and stages.
_TABLES = ("solve", "build", "audit", "cuda")
_MOST = 10**9  # jobs, or seconds: thirty years
_POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class InterlockOptions:
    """The table's content."""

    plugins: tuple[str, ...] = ()
    solve: SolveOptions = SolveOptions()
    build: BuildOptions = BuildOptions()
    audit: AuditOptions = AuditOptions()
    torch_backend: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)


def read_interlock(top: Table) -> InterlockOptions:
    """Read the table of a whole document, if it has one.

    ``settings`` are the tables of the named plugins as they are, and ``cuda`` after checking.
    """
    table = top.table("tool", "interlock", strict=True)
    return _options(table) if table else InterlockOptions()


def _options(table: Table) -> InterlockOptions:
    plugins = tuple(dict.fromkeys(table.strings("plugins")))
    solve = table.table("solve")
    build = table.table("build")
    audit = table.table("audit")
    cuda = table.table("cuda")
    settings: dict[str, Any] = {"cuda": _cuda(cuda)} if cuda else {}
    backend = settings.get("cuda", {}).get("torch-backend")
    for plugin in plugins:
        own = table.table(plugin)
        if own:
            settings[plugin] = own.data
    found = InterlockOptions(
        plugins=plugins,
        solve=_solve(solve) if solve else SolveOptions(),
        build=_build(build) if build else BuildOptions(),
        audit=_audit(audit) if audit else AuditOptions(),
        torch_backend=backend,
        settings=settings,
    )
    for key, value in table.data.items():
        if isinstance(value, dict) and key not in (*_TABLES, *plugins) and not _resembles(key):
            _settings_of_disabled_plugin(table, key, plugins)
    table.close()
    return found


def _resembles(key: str) -> bool:
    from interlock.manifest.report import nearest

    return nearest(key, (*_TABLES, "plugins")) is not None


def _settings_of_disabled_plugin(table: Table, key: str, plugins: tuple[str, ...]) -> None:
    table.ignore(key)
    listed = ", ".join(f'"{name}"' for name in (*plugins, key))
    table.error(
        codes.UNKNOWN_KEY,
        f"[tool.interlock.{key}] does not belong to an enabled plugin",
        key,
        fix=f"if {key!r} is a plugin, enable it: plugins = [{listed}]",
    )


def _solve(table: Table) -> SolveOptions:
    prefer = table.choice("prefer", ("conda", "pypi"))
    from_pypi, only_from_pypi = read_names(table, "from-pypi"), read_names(table, "only-from-pypi")
    table.close()
    return SolveOptions(
        prefer=cast("Literal['conda', 'pypi']", prefer or "conda"),
        from_pypi=from_pypi,
        only_from_pypi=only_from_pypi,
    )


def _audit(table: Table) -> AuditOptions:
    wheels = table.choice("wheels", ("none", "built", "direct", "all"))
    trust = NameSelection(names=frozenset(read_names(table, "trust")))
    place = table.string("advisories")
    ignore = tuple(filter(None, map(_ignored, table.tables("ignore"))))
    table.close()
    return AuditOptions(
        wheels=cast("Literal['none', 'built', 'direct', 'all']", wheels or "direct"),
        trust=trust,
        advisories=None if place is None else _place(place, table),
        ignore=ignore,
    )


def _ignored(table: Table) -> IgnoredAdvisory | None:
    advisory, reason, until = table.required("id"), table.required("reason"), table.string("until")
    table.close()
    if until is not None and not _is_day(until):
        table.error(codes.WRONG_VALUE, f"{until!r} is not a day", "until", fix="write it like '2027-06-30'")
    if advisory is None or reason is None:
        return None
    return IgnoredAdvisory(id=advisory, reason=reason, until=until, where=table.where())


def _is_day(text: str) -> bool:
    from datetime import date  # only needed here

    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _cuda(table: Table) -> dict[str, Any]:
    """The settings of the built-in plugin ``cuda``, those that are given."""
    found = {
        "torch-backend": read_torch_backend(table, ("off",)),
        "torch-index": _torch_index(table),
        "architectures": _architectures(table),
        "coherence": table.choice("coherence", ("error", "warn", "off")),
    }
    table.close()
    return {key: value for key, value in found.items() if value or key in table}


def _torch_index(table: Table) -> str | None:
    address = table.string("torch-index")
    if address is not None and "{backend}" not in address:
        fix = "write it like 'https://mirror.example/whl/{backend}'"
        table.error(codes.WRONG_VALUE, f"{address!r} has no place for the backend's name", "torch-index", fix=fix)
    return None if address is None else _place(address, table)


def _architectures(table: Table) -> list[str]:
    found = []
    for index, text in table.numbered_strings("architectures"):
        if _ARCHITECTURE.match(text):
            found.append(text)
        else:
            what = f"{text!r} is not a CUDA architecture"
            table.error(codes.WRONG_VALUE, what, "architectures", index, fix="write it like '8.0' or '9.0+PTX'")
    return found


def _build(table: Table) -> BuildOptions:
    discovery = table.choice("discovery", ("auto", "suggest", "off"))
    network = table.choice("network", ("allow", "deny"))
    confine = table.choice("confine", ("if-possible", "required"))
    belief = table.choice("metadata", ("static-first", "backend"))
    allow = table.choice("allow", get_args(Allow))
    options = BuildOptions(
        allow=cast("Allow", allow or "all"),
        discovery=cast("Discovery", discovery or "auto"),
        jobs=_number(table, "jobs", automatic=True),
        memory_per_job=_size(table, "memory-per-job"),
        belief=cast("Belief", belief or "static-first"),
        network=cast("Literal['allow', 'deny']", network or "allow"),
        timeout=_number(table, "timeout"),
        confine=cast("Literal['if-possible', 'required']", confine or "if-possible"),
        disk=_size(table, "disk"),
        memory=_size(table, "memory"),
        packages=_packages(table),
        store=_stores(table),
        writable=tuple(_place(text, table) for _, text in table.numbered_strings("writable")),
        only_prebuilt=table.choice("prebuilt", ("first", "only")) == "only",
    )
    table.close()
    return options


def _stores(build: Table) -> tuple[StoreLocation, ...]:
    found = []
    for index, value in build.elements("store", "an array of stores"):
        where = build.where("store", index)
        if isinstance(value, str) and value.strip():
            found.append(StoreLocation(url=_place(value, build), where=where))
        elif isinstance(value, dict):
            table = build.at(value, "store", index)
            url = table.required("url")
            write = table.boolean("write") or False
            trust = read_trust(table)
            table.close()
            if url is not None:
                found.append(StoreLocation(url=_place(url, build), write=write, trust=trust, where=where))
        else:
            build.wrong_type(
                'a directory, a URL, or a table such as { url = "...", write = true }', value, "store", index
            )
    return tuple(found)


def _place(text: str, table: Table) -> str:
    """A URL as it is, a path from the manifest on."""
    return text if "://" in text else str(absolute(text, table.root))


def _number(table: Table, key: str, *, automatic: bool = False) -> int | None:
    value = table.raw(key)
    if value is None or (automatic and value == "auto"):
        return None
    expected = 'a positive integer or "auto"' if automatic else "a positive integer (seconds)"
    if isinstance(value, bool) or not isinstance(value, int):
        table.wrong_type(expected, value, key)
    elif not 1 <= value <= _MOST:
        table.error(codes.WRONG_VALUE, f"{key!r} must be {expected}, not {value}", key)
    else:
        return value
    return None


def _size(table: Table, key: str) -> int | None:
    value = table.raw(key)
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    if not isinstance(value, str):
        table.wrong_type("a size such as '4GB'", value, key)
        return None
    size = _SIZE.match(value.strip())
    if size is None or not float(size["number"]):
        table.error(codes.WRONG_VALUE, f"{value!r} is not a size", key, fix="write it like '4GB' or '512MiB'")
        return None
    base = 1024 if size["binary"] else 1000
    return int(float(size["number"]) * base ** _POWERS[size["unit"].upper()])


def _packages(build: Table) -> tuple[PackageBuildOptions, ...]:
    found: dict[str, PackageBuildOptions] = {}
    for key, table in build.children("packages"):
        name = read_name(table, key)
        mode = table.choice("mode", tuple(mode.value for mode in BuildMode))
        belief = table.choice("metadata", get_args(Belief))
        requirements = read_build_requirements(table, "requirements")
        variables = table.variables("variables")
        settings = read_config_settings(table.table("config-settings"))
        prebuilt = read_prebuilt(table, name)
        table.close()
        if name in found:
            table.error(codes.CONFLICT, f"{key!r} is listed twice", fix=f"both spellings mean {name!r}; merge them")
        elif name:
            found[name] = PackageBuildOptions(
                name=name,
                mode=BuildMode(mode) if mode else None,
                belief=cast("Belief | None", belief),
                requirements=requirements,
                variables=variables,
                config_settings=settings,
                prebuilt=prebuilt,
                where=table.where(),
            )
    return tuple(found.values())
