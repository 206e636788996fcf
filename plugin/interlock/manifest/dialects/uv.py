"""uv's dialect: ``[tool.uv]`` of ``pyproject.toml``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from interlock.manifest import codes
from interlock.manifest.dialects.exclude_newer import read_exclude_newer, read_limits, read_own_limit
from interlock.manifest.dialects.indexes import read_default_index, read_index_url, read_indexes, read_location
from interlock.manifest.dialects.pypi_options import INDEX_STRATEGIES, PRERELEASES, read_names
from interlock.manifest.dialects.uv_build import read_build
from interlock.manifest.dialects.uv_environments import read_environments
from interlock.manifest.dialects.uv_groups import GroupOptions, read_groups
from interlock.manifest.dialects.uv_overrides import read_overrides
from interlock.manifest.dialects.uv_sources import (
    build_names,
    names_of_build_system,
    read_sources,
    warn_of_unused,
    with_sources,
)
from interlock.manifest.model import Platform, Shared
from interlock.manifest.requirements import Source, read_name, read_requirements
from interlock_hooks.types.pypi import Index, IndexStrategy, NameSelection, Prerelease, PyPIOptions

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from interlock.manifest.table import Table
    from interlock_hooks.types.build import BuildOptions, PackageBuildOptions

TORCH_BACKEND = re.compile(r"(auto|cpu|xpu|cu\d+|rocm\d+(\.\d+)*)\Z")

# Keys that say how uv itself works, or that concern publishing and uv's own environment.
_NOT_ABOUT_ENVIRONMENTS = (
    *("required-version", "system-certs", "native-tls", "offline", "no-cache", "cache-dir", "preview"),
    *("preview-features", "python-preference", "python-downloads", "concurrent-downloads", "concurrent-builds"),
    *("concurrent-installs", "keyring-provider", "http-proxy", "https-proxy", "no-proxy", "allow-insecure-host"),
    *("link-mode", "compile-bytecode", "upgrade", "upgrade-package", "reinstall", "reinstall-package"),
    *("python-install-mirror", "pypy-install-mirror", "graalpy-install-mirror", "pyodide-install-mirror"),
    *("python-downloads-json-url", "publish-url", "trusted-publishing", "check-url", "add-bounds", "audit", "pip"),
    *("cache-keys", "managed", "package", "build-backend", "minimum-libc-version", "fork-strategy"),
    "require-build-hashes",
    # Read where a source is a member of the workspace.
    *("required-environments", "workspace"),
)
# Keys that change what is installed, and that Interlock cannot follow.
_UNSUPPORTED = (*("no-index", "resolution", "prerelease-package"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class UvOptions:
    """What uv's table says.

    ``platforms`` are those of ``environments``.
    """

    shared: Shared = field(default_factory=Shared)
    sources: Mapping[NormalizedName, tuple[Source, ...]] = field(default_factory=dict)
    groups: GroupOptions = field(default_factory=GroupOptions)
    platforms: tuple[Platform, ...] | None = None

    def with_sources(self, packages: Iterable[PackageBuildOptions]) -> tuple[PackageBuildOptions, ...]:
        """Build options whose requirements come from the sources."""
        return tuple(with_sources(options, self.sources) for options in packages)


def check_sources(table: Table, uv: UvOptions, own: BuildOptions, listed: Iterable[NormalizedName]) -> None:
    """Warn of sources without effect; ``own`` are further build options, ``listed`` the packages that the file lists.

    Members of a workspace may get their requirements from the sources of its root, so nothing is said of that.
    """
    if "workspace" not in table:
        built = names_of_build_system(table.document.data) | build_names(own, uv.shared.build)
        warn_of_unused(table, uv.sources, {*listed, *built})


def read_uv(table: Table, own: str | None) -> UvOptions:
    """Read uv's table; ``own`` is the name of the project."""
    build, no_isolation = read_build(table)
    indexes, sources = read_indexes_and_sources(table)
    groups = read_groups(table, own)
    replaced = read_overrides(table)
    shared = Shared(
        pypi=PyPIOptions(
            indexes=indexes,
            find_links=_find_links(table),
            index_strategy=cast("IndexStrategy | None", table.choice("index-strategy", INDEX_STRATEGIES)),
            prerelease=cast("Prerelease | None", table.choice("prerelease", PRERELEASES)),
            exclude_newer=read_exclude_newer(table),
            exclude_newer_package=read_limits(
                table, "exclude-newer-package", lambda each, key: read_name(each, key, key)
            ),
            exclude_newer_where=table.where("exclude-newer"),
            no_build=_selection(table, "no-build"),
            no_binary=_selection(table, "no-binary"),
        ),
        no_isolation=no_isolation,
        constraints=read_requirements(table, "constraint-dependencies"),
        overrides=replaced.everywhere,
        scoped_overrides=replaced.scoped,
        build=build,
        torch_backend=read_torch_backend(table),
        conflicts=groups.conflicts,
    )
    found = UvOptions(
        shared=shared,
        sources=sources,
        groups=groups,
        platforms=read_environments(table),
    )
    _close(table)
    return found


def read_indexes_and_sources(
    table: Table,
) -> tuple[tuple[Index, ...], dict[NormalizedName, tuple[Source, ...]]]:
    """The indexes of uv's table, and the sources that name them."""
    indexes = _indexes(table)
    sources = {} if table.boolean("no-sources") else read_sources(table, indexes)
    unsourced = read_names(table, "no-sources-package")
    return indexes, {name: listed for name, listed in sources.items() if name not in unsourced}


def _find_links(table: Table) -> tuple[str, ...]:
    places = (read_location(table, text, "find-links", n) for n, text in table.numbered_strings("find-links"))
    return tuple(place for place in places if place)


def _close(table: Table) -> None:
    table.ignore(*_NOT_ABOUT_ENVIRONMENTS)
    for key in _UNSUPPORTED:
        if table.raw(key) not in (None, False):
            table.warning(codes.UNSUPPORTED, f"Interlock does not use uv's setting {key!r}", key)
    table.close()


def _indexes(table: Table) -> tuple[Index, ...]:
    """In uv's order: ``[[index]]``, then ``extra-index-url``, then ``index-url``; the default one last."""
    found = []
    for entry in table.tables("index"):
        url = read_index_url(entry, "url") if "url" in entry else entry.required("url")
        layout = entry.choice("format", ("simple", "flat"))
        index = Index(
            url=url or "",
            name=entry.string("name"),
            default=bool(entry.boolean("default")),
            explicit=bool(entry.boolean("explicit")),
            format="flat" if layout == "flat" else "simple",
            exclude_newer=read_own_limit(entry),
            where=entry.where("url"),
        )
        entry.ignore("publish-url", "authenticate", "ignore-error-codes", "cache-control", "hash-algorithm")
        entry.close()
        if index.explicit and not index.name:
            missing = (*entry.path, "name")
            what = "an explicit index needs a name"
            entry.error(codes.MISSING_KEY, what, "explicit", fix="add 'name'", about=missing, absent=[missing])
        if url:
            found.append(index)
    found.extend(read_indexes(table, "extra-index-url"))
    found.extend(read_default_index(table))
    _check_defaults(table, found)
    return tuple(index for index in found if not index.default) + tuple(index for index in found if index.default)


def _check_defaults(table: Table, indexes: list[Index]) -> None:
    names = [index.name for index in indexes if index.name]
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated:
        table.error(codes.CONFLICT, f"two indexes have the name {repeated!r}", "index")
    if sum(index.default for index in indexes) > 1:
        key = "index-url" if "index-url" in table else "index"
        table.error(codes.CONFLICT, "two indexes are marked as default", key, fix="keep one of them")


def _selection(table: Table, key: str) -> NameSelection:
    """Uv says in two keys what pixi says in one."""
    return NameSelection(everything=bool(table.boolean(key)), names=read_names(table, f"{key}-package"))


def read_torch_backend(table: Table, extra: tuple[str, ...] = ()) -> str | None:
    """A ``torch-backend``; reports IL105 if uv would not know it."""
    value = table.string("torch-backend")
    if value is None or value in extra or TORCH_BACKEND.match(value):
        return value
    known = ", ".join(("auto", *extra, "cpu", "cu124", "rocm6.3", "xpu"))
    fix = f"write {'cu' + re.sub(r'[^0-9]', '', value)!r}" if re.match(r"(cuda)?[-\s]*\d+\.\d+\Z", value) else ""
    table.error(codes.WRONG_VALUE, f"{value!r} is not a torch backend; use one like {known}", "torch-backend", fix=fix)
    return None
