"""What is to be written into a manifest, and what the command line says of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from packaging.utils import canonicalize_name

from interlock.manifest.model import DEFAULT
from interlock.manifest.requirements import Parsed, parse
from interlock_hooks.types import BuildMode, InterlockError

Ecosystem = Literal["conda", "pypi"]

_CHANNEL = re.compile(r"\s*(?P<channel>\S+?)(?:/(?P<subdir>[a-z]+-[a-z0-9]+|noarch))?::")
_REFERENCE = re.compile(r"git\+(?P<git>[^@#]+(?:@[^/@#]+(?=/))?[^@#]*)(?:@(?P<rev>[^#]+))?(?:#(?P<more>.*))?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in a manifest a dependency is: in which feature, and on which platforms if not on all."""

    feature: str = DEFAULT
    platform: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """A package to be written into a manifest.

    ``version`` is a range in the words of its ecosystem, empty for any. ``fields`` are what a conda dependency says
    beside that (``build``, ``channel``, ``subdir``); ``source`` is where PyPI's comes from, in the words that pixi and
    uv share (``git`` with ``rev``, ``branch`` or ``tag``, ``path`` with ``editable``, ``url``).
    """

    ecosystem: Ecosystem
    name: str
    version: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    extras: tuple[str, ...] = ()
    marker: str | None = None
    source: Mapping[str, str | bool] = field(default_factory=dict)
    mode: BuildMode | None = None

    @property
    def is_open(self) -> bool:
        """Whether nothing says which version it is to be."""
        return not (self.version or self.source or self.fields)

    @property
    def requirement(self) -> str:
        """A PyPI dependency as PEP 508 text, without its source."""
        name = canonicalize_name(self.name)
        return plain_quotes(str(Parsed(name=name, extras=self.extras, specifiers=self.version, marker=self.marker)))

    @property
    def key(self) -> tuple[Ecosystem, str, str | None]:
        """What a manifest has one entry for: the ecosystem, the name in its normal form, and the marker."""
        name = canonicalize_name(self.name) if self.ecosystem == "pypi" else self.name.lower()
        return self.ecosystem, name, self.marker

    def with_more(self, other: Dependency) -> Dependency:
        """One dependency that says what two of the same key say. Raises :class:`ValueError` if none can."""
        if self == other:
            return self
        versions = list(dict.fromkeys(each.version for each in (self, other) if each.version))
        # In a match spec, `,` binds closer than `|`.
        if self.fields or self.source or other.fields or other.source or any("|" in each for each in versions):
            raise ValueError(self.name)
        extras = tuple(sorted({*self.extras, *other.extras}))
        return replace(self, version=",".join(versions), extras=extras, mode=self.mode or other.mode)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """A package as the command line names it: as conda reads it, as PyPI does, or as both could.

    The one that cannot be read is ``None``, and ``why`` says so.
    """

    text: str
    conda: Dependency | None = None
    pypi: Dependency | None = None
    why: str = ""

    @property
    def name(self) -> str:
        """The name of the package, in normal form unless only conda can mean it."""
        return canonicalize_name(self.pypi.name) if self.pypi else self.conda.name if self.conda else self.text

    def with_source(self, source: Mapping[str, str | bool]) -> Spec:
        """The same from a source, which only a PyPI package can have. Raises :class:`InterlockError` (IL131)."""
        from interlock.manifest.editing.findings import unreadable_spec

        if self.pypi is None or self.pypi.version or self.pypi.source:
            why = self.why or "a package from a git repository or a path has no version and no URL beside that"
            raise InterlockError(unreadable_spec(self.text, why, "name the package alone"))
        return replace(self, conda=None, pypi=replace(self.pypi, source=source), why="only PyPI has sources")


def plain_quotes(text: str) -> str:
    """A requirement with the quotes of its marker that need no escapes in TOML."""
    return text if "'" in text else text.replace('"', "'")


def read_spec(text: str) -> Spec:
    """Read a match spec (CEP 29) or a requirement (PEP 508).

    Raises :class:`InterlockError` (IL131) if it is neither.
    """
    from interlock.manifest.editing.findings import unreadable_spec

    conda, pypi = _conda(text), _pypi(text)
    if isinstance(conda, str) and isinstance(pypi, str):
        if text.startswith((".", "/", "~")):
            raise InterlockError(unreadable_spec(text, "it is a path, which has no name", f"write `--path {text}`"))
        raise InterlockError(unreadable_spec(text, f"for PyPI: {pypi}; for conda: {conda}"))
    if isinstance(conda, str):
        return Spec(text=text, pypi=None if isinstance(pypi, str) else pypi, why=f"conda cannot read it: {conda}")
    if isinstance(pypi, str):
        return Spec(text=text, conda=conda, why=f"it is not a requirement of PyPI's: {pypi}")
    return Spec(text=text, conda=conda, pypi=pypi)


def _conda(text: str) -> Dependency | str:
    from interlock.engines.rattler.matching import spec_fields

    try:
        fields = spec_fields(text)
    except ValueError as error:
        return str(error)
    if ";" in text or "@" in text.partition("::")[2] or " @" in text:
        return "it has a marker or a URL"
    if channel := _CHANNEL.match(text):
        fields["channel"] = channel["channel"]
    name, version = fields.pop("name"), fields.pop("version", "")
    return Dependency(ecosystem="conda", name=name, version="" if version == "*" else version, fields=fields)


def _pypi(text: str) -> Dependency | str:
    try:
        parsed = parse(text)
    except ValueError as error:
        return str(error)
    return Dependency(
        ecosystem="pypi",
        name=parsed.name,
        version=parsed.specifiers,
        extras=parsed.extras,
        marker=plain_quotes(parsed.marker) if parsed.marker else None,
        source=source_of(parsed.url) if parsed.url else {},
    )


def source_of(url: str) -> dict[str, str | bool]:
    """The URL of a direct reference (PEP 508) as a table of pixi and uv says it."""
    if found := _REFERENCE.match(url):
        more = dict(part.partition("=")[::2] for part in (found["more"] or "").split("&") if part)
        said: dict[str, str | bool] = {"git": found["git"]}
        if found["rev"]:
            said["rev"] = found["rev"]
        return said | ({"subdirectory": more["subdirectory"]} if "subdirectory" in more else {})
    if url.startswith("file:") or "://" not in url:
        return {"path": url.removeprefix("file://").removeprefix("file:")}
    return {"url": url}


def combined(dependencies: Iterable[Dependency]) -> tuple[Dependency, ...]:
    """Each key once: what several say of it holds together.

    Raises :class:`ValueError` with the name of one whose entries cannot be said in one.
    """
    found: dict[tuple[Ecosystem, str, str | None], Dependency] = {}
    for each in dependencies:
        earlier = found.get(each.key)
        found[each.key] = earlier.with_more(each) if earlier else each
    return tuple(found.values())
