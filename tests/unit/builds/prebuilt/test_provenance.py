"""Statements beside prebuilt wheels: published ones are found, wherever they lie, and kept once they are verified."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from interlock.builds.prebuilt.provenance import keys_of, require_trusted
from interlock.builds.provenance.envelope import BESIDE, enclosed
from interlock.builds.provenance.statement import statement_of
from interlock.builds.provenance.trust import UntrustedError
from interlock.builds.publishing.index import add_wheels
from interlock.builds.publishing.vouching import Vouching
from interlock.builds.store.entry import Entry
from interlock.builds.store.storage import Directory
from interlock.core.files import sha256_of
from interlock_hooks.testing.wheels import write_wheel
from interlock_hooks.types import Artifact, BuildMode, BuiltWheel, PrebuiltSource, PrebuiltWheel
from kit.signing import ALICE, BOB
from unit.builds.conftest import make_environment, plan_for, sdist_package


@pytest.fixture
def entry(tmp_path: Path, prefix: Path) -> Entry:
    """The entry of a wheel that nobody has signed."""
    path = write_wheel(tmp_path / "store", "ext", "1.0")
    wheel = BuiltWheel(
        name="ext", version="1.0", path=path, sha256=sha256_of(path), mode=BuildMode.ISOLATED, seconds=1.0
    )
    plan = plan_for(sdist_package(tmp_path, "ext"))
    environment = make_environment(prefix, tmp_path)
    said = statement_of(wheel, plan, environment, source="", internal={}, finished=1.0)
    return Entry(
        name="ext",
        version="1.0",
        mode="isolated",
        filename=path.name,
        sha256=wheel.sha256,
        provenance=enclosed(said),
    )


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


def publish(index: Path, built: Path, published: Path, vouching: Vouching) -> Artifact:
    add_wheels(Directory(index), {published: vouching.line(built, published)})
    path = index / "ext" / published.name
    return Artifact(kind="wheel", url=path.as_uri(), filename=published.name, sha256=sha256_of(published))


def lines(index: Path) -> list[dict[str, object]]:
    (path,) = (index / "ext").glob(f"*{BESIDE}")
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_what_is_published_says_how_it_was_built(tmp_path: Path, entry: Entry, index: Path) -> None:
    built = tmp_path / "store" / str(entry.filename)
    # Its name says what it fits; its content is another one.
    made = write_wheel(tmp_path / "made", "ext", "1.0+torch2.9")
    unsigned = publish(index, built, made, Vouching([entry], None))
    with pytest.raises(UntrustedError, match="not signed"):
        require_trusted(unsigned, [ALICE.key])
    # Signed later, by two; publishing again changes nothing.
    for _ in range(2):
        for signer in (BOB, ALICE):
            artifact = publish(index, built, made, Vouching([entry], signer))
    assert len(lines(index)) == 3
    require_trusted(artifact, [ALICE.key])
    with pytest.raises(UntrustedError, match="which is not trusted"):
        require_trusted(artifact, ["MCowBQYDK2VwAyEA/FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU="])


def test_a_wheel_that_stays_as_it_was_keeps_its_signatures(tmp_path: Path, entry: Entry) -> None:
    built = tmp_path / "store" / str(entry.filename)
    line = Vouching([entry], BOB).line(built, built)
    assert line is not None
    signed = replace(entry, provenance=json.loads(line))
    assert Vouching([signed], BOB).line(built, built) == line
    assert Vouching([signed], None).line(built, built) == line
    assert Vouching([], BOB).line(built, built) is None


def test_a_statement_is_looked_for_beside_the_wheel(tmp_path: Path, entry: Entry) -> None:
    fsspec = pytest.importorskip("fsspec")
    built = tmp_path / "store" / str(entry.filename)
    line = Vouching([entry], ALICE).line(built, built)
    artifact = Artifact(kind="wheel", url="memory://wheels/ext.whl", filename=entry.filename, sha256=entry.sha256)
    with pytest.raises(UntrustedError, match="no statement"):
        require_trusted(artifact, [ALICE.key])
    memory = fsspec.filesystem("memory")
    memory.pipe_file(f"/wheels/ext.whl{BESIDE}", b"no envelope\n[]\n" + (line or b""))
    require_trusted(artifact, [ALICE.key])
    # Without a network: what was verified is kept, and verified again.
    memory.rm("/wheels", recursive=True)
    require_trusted(artifact, [ALICE.key])
    with pytest.raises(UntrustedError, match="no statement"):
        require_trusted(artifact, [BOB.key])


def test_the_keys_are_those_of_the_source_that_a_wheel_came_from() -> None:
    one, other, open_to_all = (
        PrebuiltSource(url="a", trust=("A",)),
        PrebuiltSource(url="b", trust=("B",)),
        PrebuiltSource(url="c"),
    )

    def keys(*trust: str, sources: list[PrebuiltSource]) -> tuple[str, ...]:
        return keys_of(PrebuiltWheel(url="u", filename="f", sha256="0" * 64, trust=trust), sources)

    assert keys("B", sources=[one, other]) == ("B",)
    assert keys("B", sources=[open_to_all, other]) == ("B",)
    assert keys(sources=[open_to_all, other]) == ()
    # Of no source that the manifest has.
    assert keys("C", sources=[one, other]) == keys(sources=[one, other]) == ("A", "B")
    assert keys("C", sources=[]) == ()


def test_a_statement_of_any_size_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interlock.builds.prebuilt.provenance.LARGEST", 1 << 20)
    wheel = write_wheel(tmp_path, "ext", "1.0")
    artifact = Artifact(kind="wheel", url=wheel.as_uri(), filename=wheel.name, sha256=sha256_of(wheel))
    beside = wheel.with_name(f"{wheel.name}{BESIDE}")
    beside.write_bytes(b" " * (1 << 20))
    with pytest.raises(UntrustedError, match="no statement"):
        require_trusted(artifact, [ALICE.key])
    beside.write_bytes(b" " * ((1 << 20) + 1))
    with pytest.raises(UntrustedError, match="it is larger than 1 MiB"):
        require_trusted(artifact, [ALICE.key])
