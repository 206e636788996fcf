"""PyPI requirements: PEP 508 text, and the tables in which pixi and uv write the same."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from packaging.utils import NormalizedName, canonicalize_name

from interlock.core.files import exists, is_directory
from interlock.core.pep508 import (
    NAME,
    are_plain_specifiers,
    parse_marker,
    parse_requirement,
    parse_specifiers,
    plain_requirement,
)
from interlock.core.urls import redacted
from interlock.manifest import codes
from interlock.manifest.git_keys import REFERENCES, check_git_keys
from interlock.manifest.markers import both
from interlock.manifest.refused import refused
from interlock.manifest.urls import absolute, git_url, is_url
from interlock_hooks.types.requirements import Requirement

if TYPE_CHECKING:
    from interlock.manifest.table import Table
    from interlock_hooks.types.findings import Finding, Location

# An extra or a dependency group that lists requirements, by name in normal form.
Scope = tuple[Literal["extra", "group"], NormalizedName]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """The parts of a requirement, in the normal form of names; ``url`` excludes ``specifiers``."""

    name: NormalizedName
    extras: tuple[str, ...] = ()
    specifiers: str = ""
    url: str | None = None
    marker: str | None = None

    def __str__(self) -> str:
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        if self.url:
            marker = f" ; {self.marker}" if self.marker else ""
            return f"{self.name}{extras} @ {self.url}{marker}"
        marker = f" ; {self.marker}" if self.marker else ""
        return f"{self.name}{extras}{self.specifiers}{marker}"


def parse(text: str) -> Parsed:
    """Parse PEP 508 text; raises :class:`ValueError` with the reason if it is not valid."""
    plain = plain_requirement(text)
    if plain:
        extras = tuple(
            sorted({canonicalize_name(extra.strip()) for extra in (plain["extras"] or "").split(",")} - {""})
        )
        specifiers = re.sub(r"\s", "", plain["specifiers"] or "")
        return Parsed(name=canonicalize_name(plain["name"]), extras=extras, specifiers=specifiers)
    found = parse_requirement(text)
    return Parsed(
        name=canonicalize_name(found.name),
        extras=tuple(sorted(canonicalize_name(extra) for extra in found.extras)),
        specifiers=str(found.specifier),
        url=found.url,
        marker=str(found.marker) if found.marker else None,
    )


def read_requirement(table: Table, text: str, *keys: str | int) -> Parsed | None:
    """Parse a requirement that stands at a key of a table; reports IL109 if it is not one.

    The URL of a direct reference is made absolute, see :func:`~interlock.manifest.references.absolute_reference`.
    """
    try:
        parsed = parse(text)
    except ValueError as error:
        table.error(
            codes.BAD_REQUIREMENT,
            f"{text!r} is not a valid requirement (PEP 508)",
            *keys,
            why=str(error),
            fix="write it like 'torch', 'torch>=2.6,<3' or 'torch[extra]==2.6.0'",
        )
        return None
    if parsed.url is None:
        return parsed
    url = read_reference(table, parsed.url, *keys)
    return replace(parsed, url=url) if url else None


def read_reference(table: Table, url: str, *keys: str | int) -> str | None:
    """The absolute URL of a direct reference at a key of a table; reports IL109 if nothing can be fetched from it."""
    from interlock.manifest.references import absolute_reference

    try:
        return absolute_reference(url, table.root)
    except ValueError as error:
        table.error(
            codes.BAD_REQUIREMENT,
            f"no package can be fetched from {redacted(url)!r}",
            *keys,
            why=str(error),
            fix="write a URL or a path relative to the manifest's directory, like './lib' or 'git+https://…'",
        )
        return None


def read_requirements(table: Table, key: str) -> tuple[str, ...]:
    """An array of requirements as normalised text."""
    found = (read_requirement(table, text, key, index) for index, text in table.numbered_strings(key))
    return tuple(str(parsed) for parsed in found if parsed)


def read_name(table: Table, text: str, *keys: str | int) -> NormalizedName | None:
    """A PyPI project name at a key of a table, in normal form; reports IL109 if it is not one."""
    if re.fullmatch(NAME, text):
        return canonicalize_name(text)
    table.error(codes.BAD_REQUIREMENT, f"{text!r} is not the name of a PyPI project", *keys)
    return None


def read_names(table: Table, key: str) -> tuple[NormalizedName, ...]:
    """An array of PyPI project names, see :func:`read_name`."""
    names = (read_name(table, text, key, index) for index, text in table.numbered_strings(key))
    return tuple(name for name in names if name)


def read_specifiers(table: Table, text: str, *keys: str | int) -> str:
    """Version specifiers (PEP 440), ``*`` meaning any; reports IL105 and answers "" if they are not valid."""
    if text.strip() == "*":
        return ""
    if are_plain_specifiers(text):
        return re.sub(r"\s", "", text)
    try:
        return str(parse_specifiers(text))
    except ValueError:
        bare = re.fullmatch(r"\s*v?(\d[\w.]*(?:\.\*)?)\s*", text)
        fix = f"write '=={bare[1]}'" if bare else "write it like '>=2.6,<3' or '*'"
        table.error(codes.WRONG_VALUE, f"{text!r} is not a version specifier (PEP 440)", *keys, fix=fix)
        return ""


def read_marker(table: Table, text: str, *keys: str | int) -> str | None:
    """An environment marker (PEP 508); reports IL105 if it is not one."""
    try:
        return str(parse_marker(text))
    except ValueError as error:
        table.error(codes.WRONG_VALUE, f"{text!r} is not an environment marker", *keys, why=str(error))
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a requirement is served from: a direct URL, or a named index; and under which marker.

    With a ``scope`` it only counts for the requirements that this extra or group lists. ``refusal`` says why nothing
    can be had from there.
    """

    url: str | None = None
    index: str | None = None
    editable: bool = False
    marker: str | None = None
    scope: Scope | None = None
    refusal: Finding | None = None

    def applied(self, parsed: Parsed, where: Location | None) -> Requirement:
        """The requirement, served from here."""
        marker = both(parsed.marker, self.marker)
        specifiers = "" if self.url else parsed.specifiers
        text = str(
            Parsed(
                name=parsed.name, extras=parsed.extras, specifiers=specifiers, url=self.url or parsed.url, marker=marker
            )
        )
        found = Requirement(name=parsed.name, text=text, editable=self.editable, index=self.index, where=where)
        return found if self.refusal is None else refused(found, self.refusal)


def read_direct_source(table: Table) -> Source | None:
    """The ``git``, ``path`` or ``url`` of a requirement's table, as pixi and uv share them; ``None`` if it has none."""
    kinds = [key for key in table.data if key in ("git", "path", "url")]
    subdirectory = table.string("subdirectory")
    editable = bool(table.boolean("editable"))
    references = [value for key in REFERENCES if (value := table.string(key))]
    values = {key: table.string(key) for key in ("git", "path", "url")}
    check_git_keys(table)
    if kinds and "index" in table:
        what = f"{kinds[0]!r} and 'index' both say where the package comes from"
        table.error(codes.CONFLICT, what, "index", fix="keep one of them")
    if len(kinds) > 1:
        both_named = " and ".join(repr(key) for key in kinds)
        table.error(codes.CONFLICT, f"{both_named} both say where the package comes from", kinds[1])
        return None
    if values["git"]:
        url = read_reference(table, _git(table, values["git"], references, subdirectory), "git")
        return Source(url=url) if url else None
    if values["path"]:
        return _path(table, values["path"], subdirectory, editable)
    if values["url"]:
        return _url(table, values["url"], subdirectory)
    return None


def _git(table: Table, address: str, references: list[str], subdirectory: str | None) -> str:
    reference = f"@{references[0]}" if references else ""
    fragment = f"#subdirectory={subdirectory}" if subdirectory else ""
    return f"{git_url(address, table.root)}{reference}{fragment}"


def _path(table: Table, path: str, subdirectory: str | None, editable: bool) -> Source | None:
    target = absolute(path, table.root)
    if subdirectory:
        target = target / subdirectory
    if not exists(target):
        refusal = table.missing_path(path, target, "path")
        return Source(url=target.as_uri(), editable=editable, refusal=refusal)
    if editable and not is_directory(target):
        table.error(codes.WRONG_VALUE, "only a directory can be editable", "editable")
        return None
    return Source(url=target.as_uri(), editable=editable)


def _url(table: Table, url: str, subdirectory: str | None) -> Source | None:
    if not is_url(url):
        table.error(codes.WRONG_VALUE, f"{url!r} is not a URL", "url", fix="write a local file as { path = … }")
        return None
    found = read_reference(table, f"{url}#subdirectory={subdirectory}" if subdirectory else url, "url")
    return Source(url=found) if found else None
