"""What is exported, and what comes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from interlock_hooks.types import BuildMode

if TYPE_CHECKING:
    from pathlib import Path

    from interlock_hooks.types import BuildPlan, Finding, Index, LockedEnvironment, ProvidedDistribution


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A locked environment, and what a file about it has to say beside its packages.

    ``project`` is the project's name and ``root`` its directory: paths below it are written relative to it.
    ``requirements`` are what the manifest asks of PyPI (PEP 508). ``variables`` are set, and ``scripts`` run,
    when the environment is activated. ``files`` are what an install reads, relative to ``root``. ``needs`` are the
    packages that each one requires, by the keys ``conda:NAME`` and ``pypi:NAME``.
    """

    project: str
    root: Path
    locked: LockedEnvironment
    indexes: tuple[Index, ...] = ()
    find_links: tuple[str, ...] = ()
    no_index: bool = False
    requirements: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    scripts: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def supplied_by_conda(self) -> tuple[ProvidedDistribution, ...]:
        """The distributions that PyPI packages require and conda packages supply."""
        asked = {canonicalize_name(requirement.name) for requirement in self._edges()}
        return tuple(each for each in self.locked.resolution.provided if each.name in asked)

    def asked_by_url(self) -> frozenset[NormalizedName]:
        """The packages that come from a URL in a requirement, so that no index need have them."""
        requirements = (*map(Requirement, self.requirements), *self._edges())
        return frozenset(canonicalize_name(each.name) for each in requirements if each.url is not None)

    def named_by_url(self) -> frozenset[NormalizedName]:
        """The packages that a list without indexes for single packages has to name by URL.

        These are those that were asked for by URL, and those of explicit indexes: with the index for all, uv would look
        for every other package there as well, and take none that it has in another version.
        """
        explicit = {index.url for index in self.indexes if index.explicit}
        theirs = (package.name for package in self.locked.resolution.packages if package.index in explicit)
        return self.asked_by_url().union(theirs)

    def _edges(self) -> Iterator[Requirement]:
        for package in self.locked.resolution.packages:
            yield from map(Requirement, package.requires)

    def special_builds(self) -> tuple[BuildPlan, ...]:
        """The builds that see more than their own build requirements."""
        return tuple(plan for plan in self.locked.plans if plan.mode is not BuildMode.ISOLATED)

    @property
    def heading(self) -> str:
        """The comment that begins a file: what was exported, and of what."""
        return f"# Exported by Interlock: {self.title}."

    @property
    def title(self) -> str:
        """The environment, in a few words for a comment."""
        python = self.locked.resolution.python
        with_python = f", Python {python.label}" if python.version else ""
        return f"environment {self.locked.name} of {self.project} ({self.locked.platform}{with_python})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """The text of a file, and what its reader should know of what it cannot say."""

    text: str
    findings: tuple[Finding, ...] = ()
