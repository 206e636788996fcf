from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from interlock.cli.knowledge import metadata_in_words, metadata_origin
from interlock.graph.model import Node
from interlock_hooks.types import Metadata, MetadataOrigin
from kit.locked import plan, sdist, wheel

PACKAGE = sdist("demo 1.0")
BUILT = Node(key="pypi:demo", kind="pypi", name="demo", version="1.0", content=PACKAGE, plan=plan(PACKAGE))


def test_what_states_its_own_metadata() -> None:
    assert metadata_in_words(BUILT) == "stated by the source itself"
    other = replace(BUILT, content=wheel("demo 1.0"), plan=None)
    assert metadata_origin(other) is None
    assert metadata_in_words(other) == ""


@pytest.mark.parametrize("origin", sorted(set(get_args(MetadataOrigin)) - {"assumed", "conda"}))
def test_every_origin_that_a_lock_has(origin: MetadataOrigin) -> None:
    metadata = Metadata(name=PACKAGE.name, origin=origin, place="setup.py:12")
    node = replace(BUILT, metadata=metadata)
    assert metadata_origin(node) == origin
    words = metadata_in_words(node)
    assert ("setup.py:12" in words) is (origin in ("static", "pkg-info"))


def test_what_a_build_has_refuted_is_told() -> None:
    metadata = Metadata(name=PACKAGE.name, origin="build", refuted=("backend", "static"))
    assert metadata_in_words(replace(BUILT, metadata=metadata)) == (
        "taken from the wheel that was built; what the build backend said and what was read from the source turned out "
        "to be wrong"
    )
