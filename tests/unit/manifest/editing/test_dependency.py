"""What the command line says of a package, several times."""

from __future__ import annotations

import pytest

from interlock.manifest.editing.dependency import Dependency, combined, read_spec


def conda(text: str) -> Dependency:
    found = read_spec(text).conda
    assert found is not None
    return found


def pypi(text: str) -> Dependency:
    found = read_spec(text).pypi
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([pypi("x>=1"), pypi("X[b]<3"), pypi("x[a]")], [pypi("x[a,b]>=1,<3")]),
        ([conda("x>=1"), conda("x<3"), conda("y")], [conda("x>=1,<3"), conda("y")]),
        ([conda("x>=1"), pypi("x>=1")], [conda("x>=1"), pypi("x>=1")]),
        ([pypi("x ; os_name == 'nt'"), pypi("x")], [pypi("x ; os_name == 'nt'"), pypi("x")]),
        ([pypi("x @ https://host/x.zip")] * 2, [pypi("x @ https://host/x.zip")]),
    ],
)
def test_what_is_said_of_a_package_holds_together(given: list[Dependency], expected: list[Dependency]) -> None:
    assert list(combined(given)) == expected


@pytest.mark.parametrize(
    "given",
    [
        [conda("x>=1|<0.5"), conda("x<3")],
        [conda("forge::x"), conda("x<3")],
        [pypi("x @ https://host/x.zip"), pypi("x>=1")],
    ],
)
def test_what_one_entry_cannot_say_is_refused(given: list[Dependency]) -> None:
    with pytest.raises(ValueError, match=r"^x$"):
        combined(given)
