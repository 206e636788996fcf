"""What follows from earlier answers, and what has to be asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from packaging.utils import NormalizedName, canonicalize_name

from interlock.resolve.recalling import Recalling
from interlock.resolve.uv.errors import NoResolutionError
from interlock_hooks.types import (
    Artifact,
    Finding,
    Index,
    IndexRoute,
    NameSelection,
    OfferedDistribution,
    ProvidedDistribution,
    PyPIOptions,
    PyPIPackage,
    PyPIRequest,
    Resolution,
)
from unit.resolve.asking import LINUX, provided, requirement

NUMPY = NormalizedName("numpy")
OFFERED = (OfferedDistribution(name=NUMPY, versions=("2.0", "1.26")),)
APP = PyPIPackage(
    name=canonicalize_name("app"),
    version="1.0",
    artifact=Artifact(kind="wheel", url="https://example.org/app-1.0-py3-none-any.whl"),
    requires=("numpy<2",),
)
CHOSEN = ProvidedDistribution(name=NUMPY, version="1.26", record="")


class Resolver:
    """Gives one answer to everything, and counts."""

    def __init__(self, answer: Resolution | NoResolutionError) -> None:
        self.answer = answer
        self.calls = 0

    def __call__(self, request: PyPIRequest) -> Resolution:
        self.calls += 1
        if isinstance(self.answer, NoResolutionError):
            raise self.answer
        return self.answer


def asked(*conda: str, **options: Any) -> PyPIRequest:
    pins = tuple(map(provided, conda))
    return PyPIRequest(
        environment="default", python=LINUX, root="/", requirements=(requirement("app"),), provided=pins, **options
    )


@pytest.fixture
def refusing() -> Resolver:
    wanted = frozenset(map(canonicalize_name, ("numpy", "lib")))
    return Resolver(NoResolutionError(Finding(code="IL310", what="nothing fits"), wanted=wanted))


def count(resolver: Resolver, *requests: PyPIRequest) -> int:
    recalling = Recalling(resolver)
    for request in requests:
        with pytest.raises(NoResolutionError) as caught:
            recalling(request)
        assert caught.value is resolver.answer
    return resolver.calls


def test_a_refusal_stays_one_whatever_else_conda_supplies(refusing: Resolver) -> None:
    near = ((canonicalize_name("zlib"), "1.3"),)
    others = (asked("numpy 2.0", "zlib 1.3"), asked("zlib 1.2", "numpy 2.0", preferred=near))
    assert count(refusing, asked("numpy 2.0"), *others) == 1


@pytest.mark.parametrize(
    "other",
    [
        asked("numpy 1.26"),
        asked(),
        asked("numpy 2.0", "lib 1.0"),
        asked("numpy 2.0", "app 1.0"),
        asked(offered=OFFERED),
        asked("numpy 2.0", constraints=("lib<2",)),
        replace(asked("numpy 2.0"), python=replace(LINUX, version="3.12.6")),
    ],
)
def test_with_anything_else_that_it_came_across_it_is_asked_again(refusing: Resolver, other: PyPIRequest) -> None:
    assert count(refusing, asked("numpy 2.0"), other) == 2


def test_refusals_can_be_those_of_another_resolver(refusing: Resolver) -> None:
    first = Recalling(refusing)
    for recalling in (first, Recalling(refusing, first.refusals)):
        with pytest.raises(NoResolutionError):
            recalling(asked())
    assert refusing.calls == 1


def test_other_failures_are_not_remembered() -> None:
    def failing(_: PyPIRequest) -> Resolution:
        raise next(failures)

    failures = iter([TimeoutError(), ConnectionError()])
    recalling = Recalling(failing)
    for kind in (TimeoutError, ConnectionError):
        with pytest.raises(kind):
            recalling(asked())


# A newer app required a lib, of which no version fitted.
WANTED = frozenset(map(canonicalize_name, ("app", "numpy", "lib")))
RESOLUTION = Resolution(python=LINUX, packages=(APP,), provided=(provided("zlib 1.3"), CHOSEN), wanted=WANTED)
GUESS = asked("zlib 1.3", offered=OFFERED, preferred=((NUMPY, "2.0"),))


def test_what_was_chosen_among_offers_is_the_resolution_where_conda_supplies_it() -> None:
    resolver = Resolver(RESOLUTION)
    recalling = Recalling(resolver)
    recalling(GUESS)
    fixed = asked("numpy 1.26", "zlib 1.2", "other 1")
    assert recalling(fixed) == replace(RESOLUTION, provided=fixed.provided)
    assert recalling(GUESS) == RESOLUTION
    assert resolver.calls == 1


def _unlike() -> Iterator[tuple[str, PyPIRequest, Resolution, PyPIRequest]]:
    same, index = asked("numpy 1.26"), Index(url="https://example.org", explicit=True)
    yield "another version than the chosen one", GUESS, RESOLUTION, asked("numpy 2.0")
    yield "nothing", GUESS, RESOLUTION, asked()
    yield "what was resolved", GUESS, RESOLUTION, asked("numpy 1.26", "app 1.0")
    yield "other limits", GUESS, RESOLUTION, replace(same, constraints=("app<2",))
    yield "another lock", GUESS, RESOLUTION, replace(same, preferred=((canonicalize_name("lib"), "1.0"),))
    beside = replace(OFFERED[0], or_index=True)
    yield "an index could step in", replace(GUESS, offered=(beside,)), RESOLUTION, same
    strict = PyPIOptions(no_binary=NameSelection(everything=True))
    yield "an option was relaxed", replace(GUESS, options=strict), RESOLUTION, replace(same, options=strict)
    links = PyPIOptions(find_links=("/wheels",))
    yield "links come first", replace(GUESS, options=links), RESOLUTION, replace(same, options=links)
    routes = (IndexRoute(names=frozenset({NUMPY}), index=index),)
    yield "a route", replace(GUESS, routes=routes), RESOLUTION, replace(same, routes=routes)
    extra = replace(RESOLUTION, provided=(replace(CHOSEN, extras=("x",)),))
    yield "an extra", GUESS, extra, same
    warned = replace(RESOLUTION, warnings=(Finding(code="IL380", what="yanked"),))
    yield "a warning", GUESS, warned, same
    yield "what kept a newer one out", GUESS, RESOLUTION, asked("numpy 1.26", "lib 1.0")
    yield "nobody knows what it came across", GUESS, replace(RESOLUTION, wanted=None), same


@pytest.mark.parametrize(("first", "answer", "then"), [each[1:] for each in _unlike()], ids=[e[0] for e in _unlike()])
def test_it_is_asked_again(first: PyPIRequest, answer: Resolution, then: PyPIRequest) -> None:
    resolver = Resolver(answer)
    recalling = Recalling(resolver)
    recalling(first)
    recalling(then)
    assert resolver.calls == 2
