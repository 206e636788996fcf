"""Which of the wheels on offer fits an environment, and why; what only its symbols tell is for the audit to say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packaging.version import Version

from interlock.builds.prebuilt.errors import MisfitError
from interlock.builds.prebuilt.variants import place_of

if TYPE_CHECKING:
    from interlock.builds.prebuilt.candidate import Candidate
    from interlock.builds.prebuilt.claims import Claims
    from interlock.builds.prebuilt.target import Target


@dataclass(frozen=True, slots=True)
class Fit:
    """A wheel that nothing contradicts: ``why`` it fits, each a clause, and how well."""

    candidate: Candidate
    why: tuple[str, ...]
    rank: tuple[Any, ...]


def sorted_out(candidates: Iterable[Candidate], target: Target) -> tuple[list[Fit], dict[str, str]]:
    """Those that fit, best first, and why the others do not, by file name."""
    fitting: list[Fit] = []
    refused: dict[str, str] = {}
    for each in candidates:
        found = _judged(each, target)
        if isinstance(found, str):
            refused.setdefault(each.filename, found)
        else:
            fitting.append(found)
    fitting.sort(key=lambda found: (found.rank, found.candidate.filename))
    return fitting, refused


def _judged(candidate: Candidate, target: Target) -> Fit | str:
    try:
        return fit(candidate, target)
    except MisfitError as error:
        return str(error)


def fit(candidate: Candidate, target: Target) -> Fit:
    """How a wheel fits. Raises :class:`MisfitError` where its name or its variant contradicts the environment.

    Lower ranks are better. A claim that is fulfilled is better than none; of CUDA, the same release is best, then the
    newest one before it, since later ones can use what is not there yet. Variants of equal claims have the order of
    PEP 825.
    """
    claims = candidate.claims
    tags = [place for tag, place in target.tags.items() if tag in candidate.tags]
    if not tags:
        raise MisfitError(f"it is for {_tags_in_words(candidate)}, and the environment has {target.python}")
    tag = next(str(tag) for tag, place in target.tags.items() if place == tags[0])
    parts = [*_torch(claims, target), *_platform(candidate, target), *_abi(claims.cxx11_abi, target)]
    ranks = [rank for rank, _ in parts]
    variant = candidate.variant
    place = place_of(variant, target)
    why = [text for _, text in parts if text]
    if variant is not None:
        why += [f"its variant is for {feature}" for feature in variant.features] or ["it is the variant for all"]
    return Fit(candidate, (f"its tag is {tag}", *why), (*ranks, place, tags[0]))


def _tags_in_words(candidate: Candidate) -> str:
    return ", ".join(sorted({str(tag) for tag in candidate.tags})[:3])


def _torch(claims: Claims, target: Target) -> Iterator[tuple[int, str]]:
    claimed = claims.torch
    if not claimed:
        yield 2, ""
        return
    wanted = " or ".join(claimed) + " and later" * claims.or_later
    if target.torch is None:
        raise MisfitError(f"it is for torch {wanted}, and the environment has no torch")
    here = target.torch.public
    exact = [version for version in claimed if _starts(here, version, len(version.split(".")))]
    same = any(_starts(here, version, 2) for version in claimed)
    later = claims.or_later and any(target.torch >= Version(version) for version in claimed)
    if not exact and not same and not later:
        raise MisfitError(f"it is for torch {wanted}, and the environment has {here}")
    yield (
        (0 if exact else 1),
        f"it is for torch {wanted if later else (exact or [wanted])[0]}, and the environment has {here}",
    )


def _starts(version: str, other: str, parts: int) -> bool:
    """Whether two versions have the same first parts: releases with the same minor version have one ABI."""
    one, two = (Version(text).release[:parts] for text in (version, other))
    return one + (0,) * (parts - len(one)) == two + (0,) * (parts - len(two))


def _platform(candidate: Candidate, target: Target) -> Iterator[tuple[int, str]]:
    claims = candidate.claims
    if claims.platform is None:
        yield 100, ""
        return
    claimed = f"CUDA {claims.cuda}" if claims.cuda else claims.platform
    here = f"CUDA {target.cuda}" if target.cuda else target.platform
    if here is None:
        yield 50, f"it is for {claimed}"
        return
    if claims.cuda is None or target.cuda is None:
        if claims.platform != target.platform:
            raise MisfitError(f"it is for {claimed}, and torch for {here}")
        yield 0, f"it is for {claimed}, as torch"
        return
    if claims.cuda.major != target.cuda.major:
        raise MisfitError(f"it is for {claimed}, and torch for {here}")
    ours, theirs = claims.cuda.minor, target.cuda.minor
    steps = 0 if ours is None or theirs is None else theirs - ours
    # A release that only names the major version is one for all of them.
    distance = 1 if ours is None or theirs is None else steps if steps >= 0 else 20 - steps
    yield distance, f"it is for {claimed}, and torch for {here}"


def _abi(claimed: bool | None, target: Target) -> Iterator[tuple[int, str]]:
    if claimed is None:
        yield 1, ""
    elif target.cxx11_abi is None:
        yield 0, ""
    elif claimed is not target.cxx11_abi:
        raise MisfitError(
            f"it has the {'new' if claimed else 'old'} C++ ABI of libstdc++, and torch the"
            f" {'new' if target.cxx11_abi else 'old'} one"
        )
    else:
        yield 0, f"it has the {'new' if claimed else 'old'} C++ ABI of libstdc++, as torch"
