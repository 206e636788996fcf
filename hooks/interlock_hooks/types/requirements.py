"""What is asked of PyPI: requirements, and where packages may come from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from packaging.utils import NormalizedName, canonicalize_name

from interlock_hooks.types.conda import SolveStrategy
from interlock_hooks.types.findings import Location

IndexStrategy = Literal["first-index", "unsafe-first-match", "unsafe-best-match"]
Prerelease = Literal["disallow", "allow", "if-necessary", "explicit", "if-necessary-or-explicit"]
# In place of a time: nothing is left out for its age, not even what nobody knows the age of.
UNLIMITED = "unlimited"


@dataclass(frozen=True, slots=True, kw_only=True)
class NameSelection:
    """A set of package names, or all of them; names are normalised (PEP 503) when asked, not when written."""

    everything: bool = False
    names: frozenset[NormalizedName] = frozenset()

    def __contains__(self, name: object) -> bool:
        return self.everything or (isinstance(name, str) and canonicalize_name(name) in self.names)

    def __bool__(self) -> bool:
        return self.everything or bool(self.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A PEP 508 requirement as the manifest or a plugin asks for it.

    Direct references are in ``text`` (``name @ git+https://…@rev``, ``name @ file:///…``); ``editable`` applies
    to a local directory; ``index`` names the only index that may serve it. Where there are ``hashes`` (SHA-256, lower
    case hexadecimal digits), the file that is chosen must have one of them.
    """

    name: NormalizedName
    text: str
    editable: bool = False
    index: str | None = None
    hashes: tuple[str, ...] = ()
    origin: str = "manifest"
    where: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopedOverride:
    """What a package requires in place of what its metadata says, as PEP 508 text.

    The ``requirements`` replace those on the same names, and are added where there are none. They hold for all versions
    of the ``package`` if ``version`` is ``None``; where there is an entry for a version, that alone holds for it.
    """

    package: NormalizedName
    requirements: tuple[str, ...]
    version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """A package index. ``explicit`` ones serve only requirements that name them; ``default`` replaces the default.

    ``exclude_newer`` is its own time limit, see :class:`PyPIOptions`. ``ignore_error_codes`` are the statuses of HTTP
    that mean that the index does not have a package, in place of the resolver's own; ``where`` is where the manifest
    has the index.
    """

    url: str
    name: str | None = None
    default: bool = False
    explicit: bool = False
    format: Literal["simple", "flat"] = "simple"
    exclude_newer: str | None = None
    ignore_error_codes: tuple[int, ...] | None = None
    where: Location | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRoute:
    """Packages that only one index may serve, even if only other packages require them.

    A requirement with an index or URL of its own is not affected. An index that is to serve nothing else is
    ``explicit``.
    """

    index: Index
    names: frozenset[NormalizedName]


@dataclass(frozen=True, slots=True, kw_only=True)
class PyPIOptions:
    """Where PyPI packages come from and which kinds of artifact may be used.

    ``None`` means that the resolver's own default holds. ``exclude_newer`` is a time limit, an RFC 3339 time stamp or
    date: files that were uploaded later, or at an unknown time, are not used. Those of an index come before it, and
    those of ``exclude_newer_package`` before all others; both can be :data:`UNLIMITED`. With ``no_index``, only
    ``find_links`` and direct references supply packages. ``resolution`` says which of the versions that fit is chosen;
    ``lowest-direct`` is about those packages that the project itself requires. ``prerelease_package`` comes before
    ``prerelease``.
    """

    indexes: tuple[Index, ...] = ()
    find_links: tuple[str, ...] = ()
    index_strategy: IndexStrategy | None = None
    no_index: bool = False
    resolution: SolveStrategy | None = None
    prerelease: Prerelease | None = None
    prerelease_package: tuple[tuple[NormalizedName, Prerelease], ...] = ()
    exclude_newer: str | None = None
    exclude_newer_package: tuple[tuple[NormalizedName, str], ...] = ()
    exclude_newer_where: Location | None = field(default=None, compare=False)
    no_build: NameSelection = NameSelection()
    no_binary: NameSelection = NameSelection()
