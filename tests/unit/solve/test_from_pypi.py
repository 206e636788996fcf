from __future__ import annotations

from dataclasses import replace

import pytest
from packaging.utils import NormalizedName

from interlock.solve.from_pypi import (
    asked_of_pypi,
    choices,
    conda_limits,
    from_pypi_findings,
    pypi_range,
    requirements_of_dependents,
    without_supplied,
)
from interlock_hooks.types import (
    CondaRecord,
    CondaSolution,
    CondaSpec,
    InterlockError,
    Location,
    Requirement,
    Resolution,
    SolveOptions,
)
from kit.locked import locked, wheel
from solve.conftest import Ask, record

A, B = NormalizedName("a"), NormalizedName("b")


def same(name: NormalizedName) -> list[str]:
    return [name]


def specs(*texts: str) -> tuple[CondaSpec, ...]:
    return tuple(CondaSpec(spec=text) for text in texts)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("a", ""),
        ("a *", ""),
        ("a >=2,<3", "<3,>=2"),
        ("a 2.*", "==2.*"),
        ("a =2.1", "==2.1.*"),
        ("a =2.1.*", "==2.1.*"),
        ("a 2.1", "==2.1"),
        ("conda-forge::a ==2.1", "==2.1"),
        ("a>=2", ">=2"),
        ("a >=1|<0.5", None),
        ("a 1.0 py312_0", None),
        ("a[version='>1']", None),
        ("a >=1.0zz", None),
    ],
)
def test_ranges_of_conda_in_the_words_of_pypi(spec: str, expected: str | None) -> None:
    assert pypi_range(spec) == expected


def test_conda_comes_first_and_each_name_is_tried_before_all(ask: Ask) -> None:
    request = ask(conda_specs=specs("a", "b"), solve=SolveOptions(from_pypi=(A, B, NormalizedName("other"))))
    assert choices(request, same) == [frozenset(), {A}, {B}, {A, B}]
    assert choices(ask(conda_specs=specs("a")), same) == [frozenset()]
    several = tuple(map(NormalizedName, "abc"))
    request = ask(conda_specs=specs(*several), solve=SolveOptions(from_pypi=several))
    assert [len(names) for names in choices(request, same)] == [0, 1, 1, 1, 2, 2, 2, 3]
    many = tuple(map(NormalizedName, "abcdef"))
    request = ask(conda_specs=specs(*many), solve=SolveOptions(from_pypi=many))
    assert [len(names) for names in choices(request, same)] == [0, *[1] * 6, 6]


def test_pypi_comes_first_for_what_is_asked_of_both(ask: Ask) -> None:
    request = ask(
        conda_specs=specs("a", "b"),
        asked=(Requirement(name=A, text="a>1"),),
        solve=SolveOptions(prefer="pypi"),
    )
    assert choices(request, same) == [{A}, frozenset()]


def test_what_moves_takes_its_range_along_and_leaves_it_there(ask: Ask) -> None:
    own = (Requirement(name=B, text="b"),)
    request = asked_of_pypi(ask(conda_specs=specs("a >=2", "b 1.*", "c"), asked=own), {A, B}, same)
    assert request.conda_specs == specs("c")
    assert request.conda_constraints == specs("a >=2", "b 1.*")
    assert [each.text for each in request.requirements] == ["b", "a>=2"]
    assert request.constraints == ("b==1.*",)


def test_what_only_some_interpreters_require_is_required_of_pypi_on_all(ask: Ask) -> None:
    own = (Requirement(name=A, text='a>1 ; python_version < "3.11"'),)
    request = asked_of_pypi(ask(conda_specs=specs("a <3"), asked=own), {A}, same)
    assert [each.text for each in request.requirements] == [own[0].text, "a<3"]


def test_what_pypi_cannot_say_stays(ask: Ask) -> None:
    request = ask(conda_specs=specs("a 1.0 build_0"))
    assert asked_of_pypi(request, {A}, same) == request


def test_constraints_of_records_hold_for_what_moved() -> None:
    conda = CondaSolution(platform="linux-64", records=(record("x", "1", constrains=("a <3", "b >1", "c <1")),))
    assert conda_limits([A, B], conda, specs("a >=1"), same) == ["a>=1", "a<3", "b>1"]


def supplying(*records: CondaRecord, names: tuple[NormalizedName, ...]) -> tuple[CondaSolution, Resolution]:
    environment = locked(*records, provides={f"{name} 1.0": f"conda-{name}" for name in names})
    return environment.conda, environment.resolution


def test_a_name_that_conda_packages_depend_on_is_told_with_them(ask: Ask) -> None:
    where = Location(file="pyproject.toml", line=7)
    request = ask(solve=SolveOptions(from_pypi=(A, B)), places={"from-pypi": where})
    users = (record("x", depends=("conda-a >=1,<2",)), record("y", "2", depends=("python", "conda-a")))
    conda, resolution = supplying(*users, record("conda-a"), record("conda-b"), names=(A, B))
    (warning,) = from_pypi_findings(request, conda, resolution, same)
    assert warning.what.startswith("PyPI cannot supply a in environment default on linux-64")
    assert warning.details == ("x 1.0 needs conda-a >=1,<2", "y 2 needs conda-a")
    assert "x 1.0, y 2" in warning.fix
    assert warning.where == where


def test_a_name_that_pypi_supplies_or_nobody_allows_is_not_told(ask: Ask) -> None:
    user = record("x", depends=("conda-a",))
    assert from_pypi_findings(ask(), *supplying(user, record("conda-a"), names=(A,)), same) == []
    allowed = ask(solve=SolveOptions(from_pypi=(A,)))
    assert from_pypi_findings(allowed, *supplying(user, names=()), same) == []


def left_out() -> tuple[CondaSolution, CondaSolution]:
    records = (record("a", "1.5"), record("user", "1.0", depends=("a >=1,<3", "b")), record("b", "1.0"))
    whole = CondaSolution(platform="linux-64", records=records)
    return whole, CondaSolution(platform="linux-64", records=records[1:])


def test_a_name_that_only_pypi_supplies_is_moved_in_every_choice(ask: Ask) -> None:
    only = SolveOptions(only_from_pypi=(A,), from_pypi=(A, B))
    assert choices(ask(conda_specs=specs("a", "b"), solve=only), same) == [{A}, {A, B}]
    assert choices(ask(solve=only), same) == [{A}]


def test_what_only_pypi_may_supply_is_left_out_whole(ask: Ask) -> None:
    whole, conda = left_out()
    request = ask(solve=SolveOptions(only_from_pypi=(A,)))
    assert without_supplied(whole, request, same, lambda record: [NormalizedName(record.name)]) == conda
    with pytest.raises(InterlockError) as caught:
        without_supplied(whole, request, same, lambda _: [A, NormalizedName("a-extra")])
    assert caught.value.findings[0].code == "IL250"
    assert "a-extra" in (caught.value.findings[0].why or "")


def test_ranges_of_dependents_hold_for_what_is_left_out() -> None:
    whole, conda = left_out()
    assert conda_limits([A], conda, (), same) == ["a<3,>=1"]
    assert conda_limits([A], whole, (), same) == []


def test_what_is_left_out_is_required_while_something_depends_on_it(ask: Ask) -> None:
    _, conda = left_out()
    request = ask(
        solve=SolveOptions(only_from_pypi=(A,)), places={"only-from-pypi": Location(file="pixi.toml", line=4)}
    )
    (found,) = requirements_of_dependents(request, conda, same)
    assert (found.text, found.where and found.where.line) == ("a", 4)
    alone = replace(conda, records=tuple(each for each in conda.records if each.name != "user"))
    assert requirements_of_dependents(request, alone, same) == ()
    asking = ask(solve=request.solve, asked=(Requirement(name=A, text="a>=2"),))
    assert requirements_of_dependents(asking, conda, same) == ()


def test_dependents_of_what_is_left_out_are_told(ask: Ask) -> None:
    _, conda = left_out()
    request = ask(solve=SolveOptions(only_from_pypi=(A, B)))
    resolution = locked(pypi=[wheel("a 2.0")]).resolution
    (note,) = from_pypi_findings(request, conda, resolution, same)
    assert (note.code, note.details) == ("IL249", ("user 1.0 needs a >=1,<3",))
    (note,) = from_pypi_findings(replace(request, platform_name="gpu"), conda, resolution, same)
    assert note.what.endswith("on gpu")


def test_a_range_that_pypi_does_not_know_cannot_move_for_good(ask: Ask) -> None:
    request = ask(conda_specs=specs("a >=1|<0.5"), solve=SolveOptions(only_from_pypi=(A,)))
    with pytest.raises(InterlockError) as caught:
        asked_of_pypi(request, [A], same)
    assert caught.value.findings[0].code == "IL251"
