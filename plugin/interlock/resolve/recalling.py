"""A resolver that is asked again only what does not follow from its earlier answers.

The joint solve asks many questions that differ in what conda supplies alone. Two things follow without asking:

- A refusal has to do with the names that the resolver came across, and with nothing else. Where conda supplies the same
  of these, or the same is offered, it would be the same refusal.
- A resolution that chose among versions that conda could supply is the resolution on the conda solution that supplies
  the chosen ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from interlock.resolve.uv.errors import NoResolutionError
from interlock.resolve.uv.pins import pin_version
from interlock.resolve.uv.relaxed import relaxed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from packaging.utils import NormalizedName

    from interlock_hooks.types import PyPIRequest, Resolution

# By the names that matter: what was refused, without all other names.
Refusals: TypeAlias = "dict[frozenset[NormalizedName], dict[PyPIRequest, NoResolutionError]]"


@dataclass(slots=True)
class Recalling:
    """Like ``resolve``, with its answers remembered; ``refusals`` may be those of other resolvers as well."""

    resolve: Callable[[PyPIRequest], Resolution]
    refusals: Refusals = field(default_factory=dict)
    _resolutions: dict[PyPIRequest, Resolution] = field(default_factory=dict)

    def __call__(self, request: PyPIRequest) -> Resolution:
        """The resolution of a request; raises what the resolver raises, or did raise."""
        known = self._resolutions.get(request) or self._chosen(request)
        if known is not None:
            return known
        for names, refused in self.refusals.items():
            if (refusal := refused.get(_about(request, names))) is not None:
                raise refusal.with_traceback(None)
        try:
            resolution = self._resolutions[request] = self.resolve(request)
        except NoResolutionError as refusal:
            asked = (requirement.name for requirement in request.requirements)
            names = refusal.wanted.union((entry.name for entry in refusal.mentioned), asked)
            self.refusals.setdefault(names, {})[_about(request, names)] = refusal
            raise
        return resolution

    def _chosen(self, request: PyPIRequest) -> Resolution | None:
        """A resolution that chose what ``request`` has fixed."""
        if request.offered or request.routes:
            return None
        fixed = {entry.name: pin_version(entry.version) for entry in request.provided}
        plain = _without_conda(request)
        for asked, resolution in reversed(self._resolutions.items()):
            if _without_conda(asked) == plain and _only_chose(asked, resolution, fixed):
                return replace(resolution, provided=request.provided)
        return None


def _about(request: PyPIRequest, names: Collection[NormalizedName]) -> PyPIRequest:
    """A request as far as a refusal for which these names matter has to do with it."""
    return replace(
        request,
        provided=tuple(entry for entry in request.provided if entry.name in names),
        offered=tuple(offer for offer in request.offered if offer.name in names),
        preferred=(),
    )


def _without_conda(request: PyPIRequest) -> PyPIRequest:
    """A request without what conda supplies or could supply, nor a preference for a version of that."""
    conda = {entry.name for entry in request.provided} | {offer.name for offer in request.offered}
    preferred = tuple((name, version) for name, version in request.preferred if name not in conda)
    return replace(request, provided=(), offered=(), preferred=preferred)


def _only_chose(asked: PyPIRequest, resolution: Resolution, fixed: Mapping[NormalizedName, str]) -> bool:
    """Whether a resolution is the one for what is ``fixed``: all that had to do with it is as it was.

    Not where offers were treated in another way than what conda supplies: where indexes could step in, or where options
    of the manifest had to be relaxed. Extras, whose requirements differ from version to version, are looked up anew.
    """
    if any(offer.or_index for offer in asked.offered) or asked.options.find_links or relaxed(asked) != asked:
        return False
    if any(entry.extras for entry in resolution.provided) or resolution.warnings or resolution.wanted is None:
        return False
    before = {entry.name: pin_version(entry.version) for entry in resolution.provided}
    return all(fixed.get(name) == before.get(name) for name in resolution.wanted)
