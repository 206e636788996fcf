from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from interlock.builds.sources.static.facts import Known, NotProvable, StaticMetadata
from interlock.builds.sources.static.proof import proven_metadata
from interlock_hooks.types import UNKNOWN_VERSION
from unit.builds.conftest import sdist_package

FOUND = StaticMetadata(
    name=Known("demo", "setup.py:3"),
    version=Known("1.0", "setup.py:4"),
    requires_python=Known(">=3.9", "setup.py:5"),
    requires_dist=Known(("numpy", "pytest; extra == 'test'"), "setup.py:6"),
    extras=Known(("test",), "setup.py:7"),
)


def test_all_of_it_becomes_metadata_with_its_place(tmp_path: Path) -> None:
    metadata = proven_metadata(FOUND, sdist_package(tmp_path, "demo", "1.0"))
    assert metadata is not None
    assert (metadata.version, metadata.requires_python, metadata.origin) == ("1.0", ">=3.9", "static")
    assert metadata.requires_dist == ("numpy", "pytest; extra == 'test'")
    assert metadata.provides_extra == ("test",)
    assert metadata.place == "setup.py:6"


def test_one_part_that_is_not_proved_leaves_nothing(tmp_path: Path) -> None:
    package, unclear = sdist_package(tmp_path, "demo", "1.0"), NotProvable("it depends")
    assert proven_metadata(replace(FOUND, requires_dist=unclear), package) is None
    assert proven_metadata(replace(FOUND, requires_python=unclear), package) is None
    assert proven_metadata(replace(FOUND, extras=unclear), package) is None


def test_versions(tmp_path: Path) -> None:
    package = sdist_package(tmp_path, "demo", "1.0.0")
    same = proven_metadata(FOUND, package)
    assert same is not None
    assert same.version == "1.0.0"
    assert proven_metadata(replace(FOUND, version=Known("2.0", "setup.py:4")), package) is None
    unclear = replace(FOUND, version=NotProvable("it is computed"))
    assert proven_metadata(unclear, package) is not None
    unknown = replace(package, version=UNKNOWN_VERSION)
    own = proven_metadata(FOUND, unknown)
    assert own is not None
    assert own.version == "1.0"
    assert proven_metadata(unclear, unknown) is None
