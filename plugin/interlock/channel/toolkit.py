"""The CUDA recipe as objects: recipes/channel/cuda/packages.toml, read and checked."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import tomli

from interlock.channel import findings
from interlock.channel.recipes import recipe_directory

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class FileRule:
    """Files of a wheel that match any of `sources` (globs) go below the directory `target` of the prefix."""

    sources: tuple[str, ...]
    target: str


@dataclass(frozen=True, slots=True)
class Stub:
    """A library that defines, for the linker only, the functions that `header` declares."""

    header: str
    declarations: tuple[str, ...]
    library: str
    soname: str
    suffixes: tuple[str, ...] = ("",)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSpec:
    """One conda package of the toolkit; the keys of packages.toml explain the fields."""

    name: str
    summary: str
    component: str | None = None
    wheel: str | None = None
    noarch: bool = False
    full_only: bool = False
    files: tuple[FileRule, ...] = ()
    data: tuple[FileRule, ...] = ()
    libraries: tuple[str, ...] = ()
    development: tuple[str, ...] = ()
    stub: Stub | None = None
    links: Mapping[str, str] = field(default_factory=dict)
    exact: tuple[str, ...] = ()
    depends: tuple[str, ...] = ()
    constrains: tuple[str, ...] = ()

    @property
    def source(self) -> str | None:
        """The distribution whose wheel has the files; None for a package without files of a wheel."""
        wanted = self.files or self.libraries or self.development or self.stub
        return (self.wheel or self.component) if wanted else None


@dataclass(frozen=True, slots=True)
class Toolkit:
    """All packages of one form, by name."""

    packages: Mapping[str, PackageSpec]

    @classmethod
    def load(cls, *, full: bool = False, file: Path | None = None) -> Toolkit:
        """The toolkit with headers only for the large libraries, or in the `full` form with everything."""
        path = file or recipe_directory("cuda") / "packages.toml"
        tables: dict[str, dict[str, Any]] = tomli.loads(path.read_text(encoding="utf-8"))["package"]
        specs = (parse(name, table, full=full) for name, table in tables.items())
        return cls({spec.name: spec for spec in specs if full or not spec.full_only})

    def closure(self, names: Iterable[str]) -> Toolkit:
        """The packages `names` and their dependencies; all packages when there are no names.

        Raises InterlockError (IL712) for a name that the recipe does not have.
        """
        pending, chosen = list(names), set[str]()
        for name in pending:
            if name not in self.packages:
                raise findings.package_unknown(name, difflib.get_close_matches(name, self.packages, n=2))
        if not pending:
            return self
        while pending:
            name = pending.pop()
            if name not in chosen:
                chosen.add(name)
                pending += self.dependencies(name)
        return Toolkit({name: spec for name, spec in self.packages.items() if name in chosen})

    def dependencies(self, name: str) -> list[str]:
        """The packages of the toolkit that `name` depends on directly."""
        spec = self.packages[name]
        wanted = [*spec.exact, *(item.split()[0] for item in spec.depends)]
        return [*(["cuda-version"] if spec.component is not None else []), *wanted]


def parse(name: str, table: Mapping[str, Any], *, full: bool) -> PackageSpec:
    """The spec of one `[package.NAME]` table; with `full`, its `full` table is added to it."""
    known = {key.replace("-", "_"): value for key, value in table.items() if key != "full"}
    spec = PackageSpec(name=name, **{key: convert(key, value) for key, value in known.items()})
    extra = {key: convert(key, value) for key, value in table.get("full", {}).items()} if full else {}
    return replace(spec, **{key: getattr(spec, key) + value for key, value in extra.items()})


def convert(key: str, value: Any) -> Any:
    """A TOML value as the immutable value of the field `key`."""
    if key in {"files", "data"}:
        return tuple(FileRule(_names(rule["from"]), rule["to"]) for rule in value)
    if key == "stub":
        fields: dict[str, Any] = {name: convert(name, item) for name, item in value.items()}
        return Stub(**fields)
    return tuple(value) if isinstance(value, list) else value


def _names(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
