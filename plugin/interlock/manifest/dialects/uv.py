"""uv's dialect: ``[tool.uv]`` of ``pyproject.toml``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from interlock.manifest import codes
from interlock.manifest.dialects.exclude_newer import read_exclude_newer, read_limits
from interlock.manifest.dialects.pypi_options import INDEX_STRATEGIES, PRERELEASES
from interlock.manifest.dialects.uv_build import read_build, read_selection
from interlock.manifest.dialects.uv_environments import read_environments
from interlock.manifest.dialects.uv_groups import GroupOptions, check_groups, read_groups
from interlock.manifest.dialects.uv_origins import read_find_links, read_origins
from interlock.manifest.dialects.uv_overrides import read_overrides
from interlock.manifest.dialects.uv_sources import (
    build_names,
    directed,
    names_of_build_system,
    warn_of_unused,
    with_sources,
)
from interlock.manifest.dialects.uv_tables import UvTables, find_tables
from interlock.manifest.model import Platform, Shared
from interlock.manifest.requirements import Source, parse, read_name, read_requirements
from interlock_hooks.types.requirements import IndexStrategy, Prerelease, PyPIOptions

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.utils import NormalizedName

    from interlock.manifest.dialects.uv_sources import Sources
    from interlock.manifest.table import Table
    from interlock_hooks.types import BuildOptions, PackageBuildOptions, SolveStrategy

TORCH_BACKEND = re.compile(r"(auto|cpu|xpu|cu\d+|rocm\d+(\.\d+)*)\Z")

# Keys that say how uv itself works, or that concern publishing and uv's own environment.
_NOT_ABOUT_ENVIRONMENTS = (
    *("required-version", "system-certs", "native-tls", "offline", "no-cache", "cache-dir", "preview"),
    *("preview-features", "python-preference", "python-downloads", "concurrent-downloads", "concurrent-builds"),
    *("concurrent-installs", "keyring-provider", "http-proxy", "https-proxy", "no-proxy", "allow-insecure-host"),
    *("link-mode", "compile-bytecode", "upgrade", "upgrade-package", "reinstall", "reinstall-package"),
    *("python-install-mirror", "pypy-install-mirror", "graalpy-install-mirror", "pyodide-install-mirror"),
    *("python-downloads-json-url", "publish-url", "trusted-publishing", "check-url", "add-bounds", "audit", "pip"),
    *("managed", "build-backend", "minimum-libc-version", "fork-strategy"),
    *("require-build-hashes", "required-environments"),
)
_RESOLUTIONS = ("highest", "lowest", "lowest-direct")


@dataclass(frozen=True, slots=True, kw_only=True)
class UvOptions:
    """What uv's table says.

    ``platforms`` are those of ``environments``; ``package`` says whether the project itself is one.
    """

    shared: Shared = field(default_factory=Shared)
    sources: Mapping[NormalizedName, tuple[Source, ...]] = field(default_factory=dict)
    groups: GroupOptions = field(default_factory=GroupOptions)
    platforms: tuple[Platform, ...] | None = None
    package: bool | None = None
    tables: UvTables | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """The files beside the manifest that were read, or looked for."""
        return self.tables.files if self.tables else ()

    def with_sources(self, packages: Iterable[PackageBuildOptions]) -> tuple[PackageBuildOptions, ...]:
        """Build options whose requirements come from the sources."""
        return tuple(with_sources(options, self.sources) for options in packages)


def check_uv(uv: UvOptions, own: BuildOptions, listed: Iterable[NormalizedName], groups: Collection[str]) -> None:
    """Report what has no effect: settings for groups that are not among ``groups``, and sources without a requirement.

    ``own`` are further build options, ``listed`` the packages that the file lists. Members of a workspace
    may get their requirements from the sources of its root, so nothing is said of that.
    """
    if uv.tables is None:
        return
    table = uv.tables.project
    check_groups(table, groups)
    _check_members(table)
    _check_cache_keys(table)
    used = {*listed, *names_of_build_system(table.document.data), *build_names(own, uv.shared.build)}
    used |= _directed_names(uv.shared)
    unused = [each for name, entries in uv.sources.items() if name not in used for each in entries]
    # uv does not look whether they are there, either.
    table.report.forgive([each.refusal for each in unused if each.refusal])
    if "workspace" not in table and uv.tables.root is table:
        warn_of_unused(table, uv.sources, used)


def _check_members(table: Table) -> None:
    """Warn of a workspace whose root is no project: there, uv installs all members."""
    data = table.document.data
    if "workspace" in table and "project" not in data and "pixi" not in data["tool"]:
        table.warning(
            codes.UNSUPPORTED,
            "the members of the workspace are not installed",
            "workspace",
            why="uv installs all members where the root is not a project itself, and Interlock does not",
            fix="run Interlock in the directory of a member, or list members in [dependency-groups] dev",
        )


def _check_cache_keys(table: Table) -> None:
    """What they name is read from each source tree, see :mod:`interlock.core.deciding`."""
    for index, key in table.elements("cache-keys"):
        if isinstance(key, dict) and "env" in key:
            table.warning(
                codes.MISPLACED,
                f"the variable {str(key['env'])!r} does not make a new build",
                "cache-keys",
                index,
                why="builds do not see the caller's variables, only those that the manifest has for them",
                fix="set it in [tool.uv.extra-build-variables]",
            )


def read_uv(top: Table) -> UvOptions:
    """Read uv's tables for the project of a whole document."""
    tables = find_tables(top)
    settings, root = tables.settings, tables.root
    build, no_isolation = read_build(settings)
    indexes, sources = read_origins(tables)
    groups = read_groups(tables.project, _own_name(top))
    # What stands in the root is from where the sources of the root say.
    _, of_root = read_origins(replace(tables, project=root))
    replaced = read_overrides(root, of_root)
    shared = Shared(
        pypi=PyPIOptions(
            indexes=indexes,
            find_links=read_find_links(settings),
            index_strategy=cast("IndexStrategy | None", settings.choice("index-strategy", INDEX_STRATEGIES)),
            no_index=bool(settings.boolean("no-index")),
            resolution=cast("SolveStrategy | None", settings.choice("resolution", _RESOLUTIONS)),
            prerelease=cast("Prerelease | None", settings.choice("prerelease", PRERELEASES)),
            prerelease_package=_read_prereleases(settings),
            exclude_newer=read_exclude_newer(settings),
            exclude_newer_package=read_limits(
                settings, "exclude-newer-package", lambda each, key: read_name(each, key, key)
            ),
            exclude_newer_where=settings.where("exclude-newer"),
            no_build=read_selection(settings, "no-build"),
            no_binary=read_selection(settings, "no-binary"),
        ),
        no_isolation=no_isolation,
        constraints=_read_directed(root, "constraint-dependencies", of_root),
        overrides=replaced.everywhere,
        scoped_overrides=replaced.scoped,
        build=replace(build, constraints=_read_directed(root, "build-constraint-dependencies", of_root)),
        torch_backend=read_torch_backend(settings),
        conflicts=groups.conflicts,
    )
    found = UvOptions(
        shared=shared,
        sources=sources,
        groups=groups,
        platforms=read_environments(root),
        package=tables.project.boolean("package"),
        tables=tables,
    )
    _close(tables)
    return found


def _read_directed(root: Table, key: str, sources: Sources) -> tuple[str, ...]:
    return tuple(map(str, directed(map(parse, read_requirements(root, key)), sources)))


def _directed_names(shared: Shared) -> set[NormalizedName]:
    """The packages that constraints and overrides have from a place of their own."""
    found = map(parse, (*shared.constraints, *shared.overrides, *shared.build.constraints))
    return {parsed.name for parsed in found if parsed.url}


def _read_prereleases(settings: Table) -> tuple[tuple[NormalizedName, Prerelease], ...]:
    """``prerelease-package``: a mode for each of its packages."""
    table = settings.table("prerelease-package")
    if table is None:
        return ()
    read = {read_name(table, key, key): table.choice(key, PRERELEASES) for key in table.entries()}
    return tuple((name, cast("Prerelease", mode)) for name, mode in read.items() if name and mode)


def _own_name(top: Table) -> str | None:
    """The name of the project in a whole document, as far as it can be read."""
    project = top.data.get("project")
    name = project.get("name") if isinstance(project, dict) else None
    return name if isinstance(name, str) else None


def _close(tables: UvTables) -> None:
    settings = tables.settings
    settings.ignore(*_NOT_ABOUT_ENVIRONMENTS)
    tables.project.ignore(*_NOT_ABOUT_ENVIRONMENTS)
    tables.close(_NOT_ABOUT_ENVIRONMENTS)


def read_torch_backend(table: Table, extra: tuple[str, ...] = ()) -> str | None:
    """A ``torch-backend``; reports IL105 if uv would not know it."""
    value = table.string("torch-backend")
    if value is None or value in extra or TORCH_BACKEND.match(value):
        return value
    known = ", ".join(("auto", *extra, "cpu", "cu124", "rocm6.3", "xpu"))
    fix = f"write {'cu' + re.sub(r'[^0-9]', '', value)!r}" if re.match(r"(cuda)?[-\s]*\d+\.\d+\Z", value) else ""
    table.error(codes.WRONG_VALUE, f"{value!r} is not a torch backend; use one like {known}", "torch-backend", fix=fix)
    return None
