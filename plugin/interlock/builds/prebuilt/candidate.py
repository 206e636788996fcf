"""A wheel that somebody offers for a package, as far as its address and name tell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import unquote

from packaging.utils import InvalidWheelFilename, NormalizedName, parse_wheel_filename

from interlock.builds.prebuilt.claims import Claims, read_claims
from interlock.builds.prebuilt.variants import NULL, Variant, description_of, split_label
from interlock.builds.run.wheelfile import is_version
from interlock.core.urls import split_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.tags import Tag
    from packaging.version import Version


@dataclass(frozen=True)
class Candidate:
    """A wheel at an address. ``sha256`` and ``size`` (bytes) are there if the one who offers it states them.

    ``trust`` are the keys of which one has to say how it was built, if there are any. ``described`` is the address of
    the file that says what its variant label stands for (PEP 825), and ``stands_for`` what was read there.
    """

    url: str
    filename: str
    sha256: str | None = None
    size: int | None = None
    heeded: bool = True
    trust: tuple[str, ...] = ()
    described: str | None = None
    stands_for: Variant | None = None

    @cached_property
    def _parts(self) -> tuple[NormalizedName, Version, str, frozenset[Tag]]:
        name, version, build, tags = parse_wheel_filename(split_label(self.filename)[0])
        return name, version, "".join(map(str, build)), frozenset(tags)

    @property
    def version(self) -> Version:
        """The version in its name, with the local part."""
        return self._parts[1]

    @property
    def tags(self) -> frozenset[Tag]:
        """The interpreters, ABIs and platforms that it is for (PEP 425)."""
        return self._parts[3]

    @property
    def label(self) -> str | None:
        """The label of its variant, if it is one."""
        return split_label(self.filename)[1]

    @property
    def variant(self) -> Variant | None:
        """What its label stands for, as far as that is heeded; ``None`` if it has none."""
        if self.label is None or not self.heeded:
            return None
        if self.label == NULL:
            return Variant()
        said = f"its source has no {description_of(self.filename)}, which would say what its label stands for"
        return self.stands_for or Variant(unknown=said)

    def of_variants(self, variants: Mapping[str, Variant] | None) -> Candidate:
        """The same wheel, which knows its variant from a file beside it; ``None`` if that could not be read."""
        name = description_of(self.filename)
        if variants is None:
            said = Variant(unknown=f"{name}, which says what its label stands for, cannot be read")
        else:
            said = variants.get(str(self.label), Variant(unknown=f"{name} does not have its label"))
        return replace(self, stands_for=said)

    @property
    def claims(self) -> Claims:
        """What its name claims to be built for, as far as that is heeded."""
        if not self.heeded:
            return Claims()
        return read_claims(f"{self.version.local or ''} {self._parts[2]}")

    def is_for(self, name: NormalizedName, version: Version) -> bool:
        """Whether it is a wheel of that version of a package: a local part only counts if the version has one."""
        try:
            own = self.version
        except (InvalidWheelFilename, ValueError):
            return False
        return self._parts[0] == name and is_version(own, version)

    def without_claims(self) -> Candidate:
        """The same wheel, whatever it claims to be built for."""
        return replace(self, heeded=False)


def candidate(url: str, sha256: str | None = None, size: int | None = None) -> Candidate:
    """The candidate at an address, whose last part is its name."""
    return Candidate(url, unquote(split_url(url).path).rpartition("/")[2], sha256, size)
