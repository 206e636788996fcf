"""The search itself; that it finds what there is, is shown in ``tests/unit/pipeline/test_universes.py``."""

from __future__ import annotations

import itertools
import pickle
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

import pytest
from packaging.utils import NormalizedName

from interlock.resolve.joint.joint_notes import version_notes
from interlock.resolve.joint.nogoods import PYTHON, Nogood, one, same_minor
from interlock.resolve.joint.protocol import Resolved, Sides
from interlock.resolve.joint.questions import Questions
from interlock.resolve.joint.search import ROUND_LIMIT, Joint, UnsolvableError, solve_jointly
from interlock.resolve.uv.errors import Known, NoResolutionError
from interlock_hooks.types import (
    CondaRecord,
    CondaSolution,
    Finding,
    InterlockError,
    Metadata,
    OfferedDistribution,
    ProvidedDistribution,
    PyPIRequest,
    PythonTarget,
    Resolution,
    Severity,
)
from kit.engines import package

NUMPY = NormalizedName("numpy")
FINDINGS = (Finding(code="IL520", what="repaired", severity=Severity.NOTE),)
TARGET = PythonTarget(version="3.12.1", platform="linux-64")
ASKED = PyPIRequest(environment="default", python=TARGET, root="/project", requirements=())
SAID = Metadata(name=NormalizedName("dyn"), requires_dist=("numpy<2",), origin="backend")


def solution(**versions: str) -> CondaSolution:
    records = tuple(
        CondaRecord(
            name=name, version=version, build="0", build_number=0, subdir="x", url="x", file_name="x", channel="x"
        )
        for name, version in versions.items()
    )
    return CondaSolution(platform="linux-64", records=records)


@dataclass
class Scripted:
    """Sides where conda has numpy 3, 2, 1, and PyPI accepts what ``accepts`` says of the version.

    Resolutions hold one package, with the requirement ``needs_text``; ``told`` is the metadata of each attempt.
    """

    accepts: Callable[[str], bool]
    needs_text: str = ""
    nears: list[CondaSolution | None] = field(default_factory=list)
    seen: list[list[str]] = field(default_factory=list)
    told: list[Known] = field(default_factory=list)

    def solve(
        self, nogoods: Sequence[Nogood], near: CondaSolution | None, also: Collection[NormalizedName]
    ) -> CondaSolution:
        self.nears.append(near)
        self.seen.append([str(nogood) for nogood in nogoods])
        for version in ("3", "2", "1"):
            pins = {NUMPY: version, PYTHON: "3.12.1"}
            if not any(all(pins[name] in among for name, among in nogood.versions) for nogood in nogoods):
                return solution(numpy=version, python="3.12.1")
        raise InterlockError(Finding(code="IL210", what="conda cannot", details=("because",)))

    def pins(self, conda: CondaSolution) -> dict[NormalizedName, str]:
        return {NormalizedName(record.name): record.version for record in conda.records}

    def versions(self, names: Collection[NormalizedName]) -> dict[NormalizedName, Sequence[str]]:
        return {name: ["3.12.1"] if name == PYTHON else ["3", "2", "1"] for name in names}

    def look_for(self, names: Collection[NormalizedName]) -> None:
        pass

    def asked(self, name: NormalizedName) -> bool:
        return False

    def resolve(self, conda: CondaSolution) -> Resolved:
        return self._answer([self.pins(conda)[NUMPY]], mentioned=True)

    def attempt(
        self,
        conda: CondaSolution,
        pins: frozenset[NormalizedName],
        offered: Sequence[OfferedDistribution],
        known: Known,
        python: str | None = None,
    ) -> Resolved:
        self.told.append(known)
        offers = [version for offer in offered for version in offer.versions]
        return self._answer([self.pins(conda)[NUMPY]] if NUMPY in pins else offers, mentioned=NUMPY in pins)

    def _answer(self, versions: Sequence[str], *, mentioned: bool) -> Resolved:
        if any(map(self.accepts, versions)):
            app = replace(package("app", "1.0"), requires=(self.needs_text,) if self.needs_text else ())
            return Resolved(ASKED, Resolution(python=TARGET, packages=(app,)), FINDINGS)
        blamed = (ProvidedDistribution(name=NUMPY, version="3", record="numpy"),) if mentioned else ()
        raise NoResolutionError(Finding(code="IL310", what="PyPI cannot", why="reasons"), blamed, known=Known((SAID,)))


def solved(sides: Scripted, given: Sequence[Nogood] = ()) -> Joint:
    return solve_jointly(Sides(sides, sides), given)


def chosen(sides: Scripted) -> str:
    return sides.pins(solved(sides).conda)[NUMPY]


def test_without_a_conflict_each_side_is_asked_once() -> None:
    sides = Scripted(lambda _: True)
    assert chosen(sides) == "3"
    assert sides.nears == [None]


def test_a_guess_needs_one_more_round_near_the_first_solution() -> None:
    sides = Scripted(lambda version: version == "1", "numpy<2")
    assert chosen(sides) == "1"
    assert sides.seen == [[], ["numpy 2, 3"]]
    assert sides.nears == [None, solution(numpy="3", python="3.12.1")]


def test_questions_are_asked_with_what_backends_had_said_when_the_resolver_refused() -> None:
    sides = Scripted(lambda version: version == "1", "numpy<2")
    joint = solved(sides)
    assert sides.told
    assert set(sides.told) == {Known((SAID,))}
    assert joint.findings == FINDINGS


def test_a_guess_that_excludes_everything_gives_way_to_proofs() -> None:
    sides = Scripted(lambda version: version == "2", "numpy<1")
    assert chosen(sides) == "2"
    assert sides.seen[1] == ["numpy 1, 2, 3"]
    assert sides.seen[-1] == ["numpy 3 with python 3.12.1"]


def test_what_cannot_be_tells_both_halves() -> None:
    with pytest.raises(UnsolvableError) as caught:
        solved(Scripted(lambda version: version == "1"), [one(NUMPY, ["1"], "manifest")])
    finding = caught.value.findings[0]
    assert finding.code == "IL330"
    assert finding.why == "reasons"
    assert "because" in finding.details
    assert pickle.loads(pickle.dumps(caught.value)).findings == caught.value.findings


def test_conda_alone_is_told_as_it_is() -> None:
    with pytest.raises(UnsolvableError) as caught:
        solved(Scripted(lambda _: True), [one(NUMPY, ["1", "2", "3"], "manifest")])
    assert [finding.code for finding in caught.value.findings] == ["IL210"]


def test_other_failures_pass() -> None:
    def broken(version: str) -> bool:
        raise InterlockError(Finding(code="IL303", what="no network"))

    with pytest.raises(InterlockError, match="no network"):
        solved(Scripted(broken))


def test_it_ends_when_nothing_keeps_conda_from_the_same_solution(monkeypatch: pytest.MonkeyPatch) -> None:
    sides = Scripted(lambda _: False)
    monkeypatch.setattr(sides, "solve", lambda *_: solution(numpy="3", python="3.12.1"))
    with pytest.raises(InterlockError) as caught:
        solved(sides)
    assert caught.value.findings[0].code == "IL331"
    assert "reasons" in caught.value.findings[0].why


def test_rounds_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    sides = Scripted(lambda _: False)
    numbers = itertools.count()
    monkeypatch.setattr(sides, "solve", lambda *_: solution(numpy="3", python="3.12.1", other=str(next(numbers))))
    with pytest.raises(InterlockError) as caught:
        solved(sides)
    assert caught.value.findings[0].code == "IL331"
    assert next(numbers) == ROUND_LIMIT + 1


def test_what_no_interpreter_helps_is_told_by_pypi_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    sides = Scripted(lambda _: False)
    monkeypatch.setattr(sides, "pins", lambda _: {PYTHON: "3.12.1"})
    monkeypatch.setattr(sides, "resolve", lambda _: sides._answer([], mentioned=False))
    with pytest.raises(UnsolvableError) as caught:
        solved(sides)
    assert [finding.code for finding in caught.value.findings] == ["IL310"]


def test_version_notes_name_what_changed_and_why() -> None:
    sides = Scripted(lambda version: version == "1", "numpy<2")
    joint = solved(sides)
    notes = version_notes(joint, sides.pins(joint.first), sides.pins(joint.conda))
    assert [(note.code, note.what, note.why) for note in notes] == [
        ("IL332", "conda supplies numpy 1, not 3", "app 1.0 requires numpy<2")
    ]


def test_other_patch_releases_are_those_of_one_minor_version() -> None:
    assert same_minor("3.12.1", ["3.12.10", "3.12.9", "3.13.0", "3.1.2", "3.12.1"]) == ["3.12.9", "3.12.10"]


@pytest.mark.parametrize(
    ("fit", "excluded"),
    [
        ((), ["3.12.0", "3.12.1", "3.12.4", "3.12.10"]),
        (("3.12.10",), ["3.12.0", "3.12.1"]),
        (("3.12.0",), ["3.12.1", "3.12.10"]),
        (("3.12.0", "3.12.10"), ["3.12.1"]),
    ],
)
def test_patch_releases_are_excluded_as_far_as_nothing_fits_them(
    fit: tuple[str, ...], excluded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sides = Scripted(lambda _: True)
    releases = ["3.13.0", "3.12.10", "3.12.4", "3.12.1", "3.12.0"]
    monkeypatch.setattr(sides, "versions", lambda names: dict.fromkeys(names, releases))

    def attempt(*asked: object) -> Resolved:
        return sides._answer(["1"] if asked[-1] in fit else [], mentioned=False)

    monkeypatch.setattr(sides, "attempt", attempt)
    nogood = Questions(Sides(sides, sides)).against_interpreter(solution(numpy="3", python="3.12.1"))
    assert nogood.name == PYTHON
    assert nogood.excluded == set(excluded)
