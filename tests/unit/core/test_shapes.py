from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from packaging.utils import NormalizedName

from interlock.core.shapes import check_fields, fits, texts_in


@pytest.mark.parametrize(
    ("value", "expected", "fitting"),
    [
        ("a", str, True),
        (1, str, False),
        (1, float, True),
        (None, str | None, True),
        (1, str | None, False),
        ("a", NormalizedName, True),
        (1, NormalizedName, False),
        ("x", Literal["x", "y"], True),
        ("z", Literal["x", "y"], False),
        (["a"], list[str], True),
        (("a",), list[str], True),
        (["a"], tuple[str, ...], False),
        (("a", 1), tuple[str, ...], False),
        (("a", 1), tuple[str, int], True),
        (("a",), tuple[str, int], False),
        ({"a": ["b"]}, Mapping[str, list[str]], True),
        ({"a": "b"}, Mapping[str, list[str]], False),
        (object(), Any, True),
    ],
)
def test_values_and_types(value: object, expected: Any, fitting: bool) -> None:
    assert fits(value, expected) is fitting


@dataclass(frozen=True)
class Inner:
    name: str


@dataclass(frozen=True)
class Outer:
    count: int = 0
    inner: Mapping[str, Inner] = field(default_factory=dict)
    more: tuple[Inner, ...] = ()


def test_fields_of_dataclasses_within_each_other() -> None:
    check_fields(Outer(inner={"a": Inner("x")}, more=(Inner("y"),)))
    for wrong in (Outer(count="1"), Outer(inner={"a": Inner(1)}), Outer(more=(Inner(None),))):  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="cannot be"):
            check_fields(wrong)


def test_only_an_array_has_texts() -> None:
    assert texts_in(["b", 1, "c"]) == ("b", "c")
    assert texts_in("bc") == texts_in({"b": 1}) == texts_in(None) == ()
