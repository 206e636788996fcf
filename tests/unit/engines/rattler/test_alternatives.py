from __future__ import annotations

import pytest

from interlock.engines.rattler.solver import solve
from interlock_hooks.testing.channel import Channel
from interlock_hooks.types import CondaSpec, InterlockError

from .conftest import MakeRequest


@pytest.fixture(autouse=True)
def two(channel: Channel) -> None:
    for name in ("a", "b"):
        for version in ("1.0", "2.0"):
            channel.add(name, version)


def group(*texts: str) -> tuple[CondaSpec, ...]:
    return tuple(CondaSpec(spec=text) for text in texts)


def solved(ask: MakeRequest, *specs: str, alternatives: tuple[tuple[CondaSpec, ...], ...], **fields: object) -> str:
    request = ask(*specs, alternatives=alternatives, **fields)
    solution = solve(request)
    assert solution.channels == request.channels
    return " ".join(sorted(f"{record.name}={record.version}" for record in solution.records))


def test_the_first_constraint_that_can_hold_does(ask: MakeRequest) -> None:
    either = (group("a <2", "b <2"),)
    assert solved(ask, "a", "b", alternatives=either) == "a=1.0 b=2.0"
    assert solved(ask, "a", "b", alternatives=(group("b <2", "a <2"),)) == "a=2.0 b=1.0"
    assert solved(ask, "a 2.*", "b", alternatives=either) == "a=2.0 b=1.0"


def test_an_absent_package_meets_every_constraint_and_nothing_extra_is_installed(ask: MakeRequest) -> None:
    assert solved(ask, "b", alternatives=(group("a <2", "b <2"),)) == "b=2.0"
    assert solved(ask, "b", alternatives=(group("a <2", "b <2"),), exclude_newer="2999-01-01") == "b=2.0"


def test_the_refusal_speaks_of_the_constraints(ask: MakeRequest) -> None:
    with pytest.raises(InterlockError) as caught:
        solved(ask, "a 2.*", "b 2.*", alternatives=(group("a <2", "b <2"),))
    finding = caught.value.findings[0]
    text = "\n".join((finding.why, *finding.details))
    assert finding.code == "IL210"
    assert "one of a <2 or b <2" in text
    assert "interlock-" not in text
