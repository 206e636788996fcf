"""Requests in which nothing keeps the resolver from what conda could supply.

What the manifest says of indexes, kinds of artifacts and pre-releases is about packages of indexes. Stubs of conda's
distributions must pass all the same, or a refusal would prove nothing. Where uv can only be told so of more than that,
more is allowed: too much of it costs a question, too little loses solutions.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import Version

from interlock.resolve.uv.pins import pin_version
from interlock.resolve.uv.settings import all_indexes
from interlock_hooks.types import NameSelection, PyPIOptions, PyPIRequest

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from interlock_hooks.types import Prerelease

# The nearest mode in which a pre-release can be allowed for a single package.
_SINGLE: dict[Prerelease | None, Prerelease] = {"disallow": "explicit", "if-necessary": "if-necessary-or-explicit"}


def relaxed(request: PyPIRequest) -> PyPIRequest:
    """The request with its offers allowed; the same request when there are none."""
    if not request.offered:
        return request
    names = {offer.name for offer in request.offered}
    options = replace(request.options, no_binary=_without(request.options.no_binary, names))
    request = _with_pre_releases(replace(request, options=options))
    return _with_named_indexes(request, {offer.name for offer in request.offered if offer.or_index})


def _without(selection: NameSelection, names: set[NormalizedName]) -> NameSelection:
    if selection.everything:
        return NameSelection()
    return NameSelection(names=frozenset(map(canonicalize_name, selection.names)) - names)


def _with_pre_releases(request: PyPIRequest) -> PyPIRequest:
    """With pre-releases of those packages that conda has as such, as a pin allows them."""
    unstable = sorted(
        offer.name
        for offer in request.offered
        if any(Version(pin_version(version)).is_prerelease for version in offer.versions)
    )
    if not unstable:
        return request
    mode = request.options.prerelease
    single = tuple((name, mode) for name, mode in request.options.prerelease_package if name not in unstable)
    return replace(
        request,
        constraints=(*request.constraints, *(f"{name}>=0.dev0" for name in unstable)),
        options=replace(request.options, prerelease=_SINGLE.get(mode, mode), prerelease_package=single),
    )


def _with_named_indexes(request: PyPIRequest, names: set[NormalizedName]) -> PyPIRequest:
    """With the indexes that are named for some packages open to all: to name one would keep an offer out."""
    asked = {each.index for each in request.requirements if each.index and each.name in names}
    if not asked:
        return request
    indexes = tuple(
        replace(index, explicit=False) if asked & {index.name, index.url} else index for index in all_indexes(request)
    )
    # Else the first index that has a package would hide those that served it.
    options: PyPIOptions = replace(request.options, indexes=indexes, index_strategy="unsafe-best-match")
    return replace(request, options=options)
