"""Lists of packages as an install records them."""

from __future__ import annotations

import json

import pytest

from interlock.install.fresh import read_state
from interlock.install.listed import ListedPackage, listed_in, listing_record
from interlock.install.listing import installed_packages
from interlock.project.listing import list_again
from kit.engines import World, locked, package, record

ROWS = (ListedPackage("app", "1.0", "pypi", "wheel"), ListedPackage("python", "3.12.7", "conda", "https://c/f"))


def test_a_record_is_json_and_read_as_what_was_recorded() -> None:
    assert listed_in(json.loads(json.dumps(listing_record(ROWS)))) == ROWS
    assert listed_in([]) == ()


@pytest.mark.parametrize(
    "damaged",
    [
        None,
        "packages",
        {},
        ["app"],
        [{}],
        [{"name": "app"}],
        [{"name": "app", "version": "1", "kind": "pypi", "source": None}],
        [{"name": "app", "version": "1", "kind": "pypi", "source": "wheel", "more": ""}],
    ],
)
def test_what_is_no_record_says_nothing(damaged: object) -> None:
    assert listed_in(damaged) is None
    assert list_again({"packages": damaged}) is None
    assert list_again({}) is None


def test_an_install_records_what_the_prefix_lists(world: World) -> None:
    world.engines.wheels |= {"app 1.0": {"app.py": ""}, "ext 1.0": {"ext.so": ""}}
    world.engines.conda["num 1.0"] = {"share/num": ""}
    world.install(locked(package("app", "1.0"), package("ext", "1.0", kind="sdist"), conda=[record("num", "1.0")]))
    state = read_state(str(world.prefix))
    found = list_again(state or {})
    assert found is not None
    assert found.installed
    assert list(found.packages) == installed_packages(world.prefix)
    assert [each.name for each in found.packages] == ["app", "ext", "num", "python"]
