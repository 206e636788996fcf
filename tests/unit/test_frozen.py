"""The quick decorator of dataclasses makes what the standard library's does."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, asdict, field, fields, replace

import pytest

from interlock_hooks import types
from interlock_hooks.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Quick:
    """A class."""

    name: str
    size: int = 1
    where: str | None = field(default=None, compare=False)
    many: Mapping[str, int] = field(default_factory=dict, repr=False)


@dataclasses.dataclass(frozen=True, slots=True)
class Standard:
    """The same."""

    name: str
    size: int = 1
    where: str | None = field(default=None, compare=False)
    many: Mapping[str, int] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Longer(Quick):
    """With a field of its own that has to be named, and a check."""

    last: str

    def __post_init__(self) -> None:
        if not self.last:
            raise ValueError("empty")

    def __str__(self) -> str:
        return self.last


@dataclasses.dataclass(frozen=True)
class FromOutside(Quick):
    """What a plugin could make of a type of the contract."""

    more: int = 0


@dataclass(frozen=True, slots=True)
class Empty:
    """Without fields."""


def test_signature_and_repr_are_those_of_the_standard_library() -> None:
    # The marker of a default that is made is private to the standard library; it looks alike.
    assert str(inspect.signature(Quick)) == str(inspect.signature(Standard))
    assert repr(Quick("a", 2)) == repr(Standard("a", 2)).replace("Standard", "Quick")
    assert Quick.__match_args__ == Standard.__match_args__


def test_compared_fields_decide_equality_and_hash() -> None:
    them = [Quick(name, size, where) for name in "ab" for size in (1, 2) for where in (None, "x")]
    for one in them:
        for other in them:
            same = (one.name, one.size) == (other.name, other.size)
            assert (one == other) is same
    assert Quick("a") != Standard("a")  # type: ignore[comparison-overlap]
    assert Empty() == Empty()
    assert hash(Empty()) == hash(Empty())
    frozen = Quick("a", 2, "x", many=types.Variables())  # type: ignore[arg-type]  # anything that has a hash
    assert hash(frozen) == hash(replace(frozen, where="y"))
    with pytest.raises(TypeError, match="unhashable"):
        hash(Quick("a"))


def test_nothing_can_be_changed() -> None:
    one = Quick("a")
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'name'"):
        one.name = "b"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'name'"):
        del one.name
    with pytest.raises(AttributeError):
        one.other = 1  # type: ignore[attr-defined]
    assert not hasattr(one, "__dict__")


def test_the_functions_of_the_standard_library_know_it() -> None:
    one = Quick("a", many={"x": 1})
    assert asdict(one) == {"name": "a", "size": 1, "where": None, "many": {"x": 1}}
    assert replace(one, size=3) == Quick("a", 3, many={"x": 1})
    assert [each.name for each in fields(Longer)] == ["name", "size", "where", "many", "last"]
    for same in (pickle.loads(pickle.dumps(one)), copy.copy(one), copy.deepcopy(one)):
        assert same == one
    assert Quick("a").many is not Quick("a").many


def test_a_class_can_extend_another_and_keeps_its_own_methods() -> None:
    assert str(Longer("a", last="z")) == "z"
    with pytest.raises(ValueError, match="empty"):
        Longer("a", last="")
    with pytest.raises(TypeError):
        Longer("a", 1, None, {}, "z")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="required keyword-only argument: 'last'"):
        Longer("a")  # type: ignore[call-arg]


def test_the_standard_library_can_extend_it() -> None:
    one = FromOutside("a", more=2)
    assert one == FromOutside("a", more=2) != FromOutside("a")
    assert pickle.loads(pickle.dumps(one)) == one
    with pytest.raises(FrozenInstanceError):
        one.more = 3  # type: ignore[misc]


def test_what_it_is_not_for_is_refused() -> None:
    with pytest.raises(TypeError, match="only frozen"):
        dataclass(frozen=False, slots=True)


def test_the_contract_is_made_of_it() -> None:
    made = [each for each in vars(types).values() if dataclasses.is_dataclass(each) and each.__bases__ == (object,)]
    assert len(made) > 50
    assert all(each.__eq__ is Quick.__eq__ for each in made)
