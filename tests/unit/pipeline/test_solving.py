"""Solving again: what is asked of conda decides whether its half of the earlier answer stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from packaging.utils import canonicalize_name

from interlock.lock.moves import Moves
from interlock.pipeline.asked_digest import asked_digest
from interlock.pipeline.solving import solve_both
from interlock.resolve.joint.search import Joint
from interlock.solve.request import make_conda_request
from interlock_hooks.testing.loopback import QuietHandler, serving
from interlock_hooks.types import (
    CondaRequest,
    CondaSolution,
    CondaSpec,
    EnvironmentRequest,
    LockedEnvironment,
    Requirement,
)
from kit.solved_universe import Stated, builtin_plugins, request_in
from kit.universe import Package, Universe

UNIVERSE = Universe(
    conda=(*(Package("lib", each, supplies=(("lib", each),)) for each in ("1", "2")), Package("other", "1")),
    pypi=(Package("app", "1"), Package("more", "1"), Package("needs-old", "1", needs=(("lib", "<2"),))),
    specs=(("lib", ""),),
    requirements=(("app", ""),),
)


class Solved:
    """The universe, solved once, with its channel on a server; it knows whether conda was asked in the last solve."""

    def __init__(self, folder: Path, url: str) -> None:
        self.conda_was_asked = False
        self._plugins = builtin_plugins()
        self._ask = self._plugins.conda_solve
        self.request = replace(request_in(UNIVERSE, folder), channels=(f"{url}/channel",))
        joint = self.solve(self.request)
        self.locked = LockedEnvironment(
            name="default", platform=self.request.target, conda=joint.conda, resolution=joint.resolution
        )

    def solve(self, request: EnvironmentRequest, previous: LockedEnvironment | None = None) -> Joint:
        self.conda_was_asked = False
        with patch.object(self._plugins, "conda_solve", self._heed):
            return solve_both(request, self._plugins, lambda _: Stated(), previous=previous)[0]

    def asking(self, *names: str, **changes: Any) -> EnvironmentRequest:
        """The request with these requirements."""
        wanted = tuple(Requirement(name=canonicalize_name(name), text=name) for name in names)
        return replace(self.request, requirements=wanted, **changes)

    def _heed(self, request: CondaRequest) -> CondaSolution:
        self.conda_was_asked = True
        return self._ask(request)


@pytest.fixture
def solved(tmp_path: Path) -> Iterator[Solved]:
    class Handler(QuietHandler, SimpleHTTPRequestHandler):
        pass

    with serving(partial(Handler, directory=str(tmp_path))) as url:
        yield Solved(tmp_path, url)


def test_conda_is_not_asked_again_for_what_it_has_answered(solved: Solved) -> None:
    for request in (solved.asking("app", "more"), solved.asking("more"), replace(solved.request, requirements=())):
        again = solved.solve(request, solved.locked)
        assert again.conda == solved.locked.conda
        assert not solved.conda_was_asked
        # It is what a solve that prefers the lock gives.
        unknown = replace(solved.locked, conda=replace(solved.locked.conda, asked=None))
        asked = solved.solve(request, unknown)
        assert solved.conda_was_asked
        assert (asked.conda.records, asked.resolution) == (again.conda.records, again.resolution)


def test_conda_gives_way_where_pypi_does_not_fit(solved: Solved) -> None:
    joint = solved.solve(solved.asking("needs-old"), solved.locked)
    assert {record.name: record.version for record in joint.conda.records}["lib"] == "1"
    locked = replace(solved.locked, conda=joint.conda, resolution=joint.resolution)
    # That is an answer to the same question, which stays.
    assert solved.solve(solved.asking("app"), locked).conda == joint.conda
    assert not solved.conda_was_asked


def test_conda_is_asked_again_for_anything_else(solved: Solved) -> None:
    specs = (*solved.request.conda_specs, CondaSpec(spec="other"))
    for changes in (
        {"conda_specs": specs},
        {"conda_constraints": specs},
        {"channel_priority": "disabled"},
        {"conda_exclude_newer": "2099-01-01"},
    ):
        solved.solve(solved.asking("app", **changes), solved.locked)
        assert solved.conda_was_asked, changes
    base, *others = solved.locked.conda.records
    for records in (others, (replace(base, depends=("other",)), *others)):
        edited = replace(solved.locked, conda=replace(solved.locked.conda, records=tuple(records)))
        assert solved.solve(solved.request, edited).conda.records == solved.locked.conda.records
        assert solved.conda_was_asked
    moving = Moves(names=frozenset({canonicalize_name("lib")})).kept_of(solved.locked)
    solved.solve(solved.request, moving)
    assert solved.conda_was_asked


def test_a_channel_on_this_machine_is_read_each_time(tmp_path: Path) -> None:
    request = request_in(UNIVERSE, tmp_path)
    joint, _ = solve_both(request, builtin_plugins(), lambda _: Stated())
    assert joint.conda.asked is None
    # What a spec says of places counts as well: a channel before the name, or a channel or an archive in brackets.
    served = replace(request, channels=("https://conda.example.com/main",))
    for spec, lasts in (
        ("lib", True),
        ("lib[build='py*']", True),
        ("https://conda.example.com/other::lib", True),
        ("/srv/channel::lib", False),
        ("lib[channel='/srv/channel']", False),
        ("lib[version='1.*', url='file:///srv/lib-1.0-0.conda']", False),
    ):
        asked = make_conda_request(replace(served, conda_specs=(CondaSpec(spec=spec),)), (), ())
        assert (asked_digest(asked, (), served) is not None) is lasts, spec
