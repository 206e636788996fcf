"""Shared stores: a directory and fsspec's memory file system, which every test sees as another machine would."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from interlock.builds.service import BuildService
from interlock.builds.store import shared
from interlock.builds.store.entry import Entry
from interlock.builds.store.identity import BuildIdentity, identify
from interlock.builds.store.shared import SharedStore, shared_locations
from interlock.builds.store.storage import Directory, open_storage
from interlock.builds.store.store import WheelStore, default_store
from interlock.builds.store.store_layout import add_record, object_path, records, wheel_path
from interlock.core.files import sha256_of
from interlock_hooks.types import FindingReported, Severity, StoreLocation
from kit.signing import ALICE, BOB, key_file
from unit.builds.conftest import Events, plan_for, sdist_package

# What a build is, is tested elsewhere.
pytestmark = pytest.mark.usefixtures("build_once")

KEY = "ab" * 32


@pytest.fixture(params=["directory", "file", "memory"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a shared store is."""
    if request.param != "memory":
        place = tmp_path / "shared store"
        yield str(place) if request.param == "directory" else place.as_uri()
        return
    fsspec = pytest.importorskip("fsspec")
    yield "memory://team/wheels"
    fsspec.filesystem("memory").rm("/team", recursive=True) if fsspec.filesystem("memory").exists("/team") else None


class Counting:
    """A storage that counts what is asked of it."""

    def __init__(self, storage: Any) -> None:
        self._storage = storage
        self.asked: list[str] = []

    def __getattr__(self, operation: str) -> Any:
        self.asked.append(operation)
        return getattr(self._storage, operation)


class Machine:
    """A user's store on a machine of its own, with shared ones behind it."""

    def __init__(self, root: Path, *locations: StoreLocation) -> None:
        self.events = Events()
        self.store = WheelStore(root, [SharedStore(location, self.events) for location in locations])
        self.service = BuildService(self.store, emit=self.events)

    @property
    def codes(self) -> list[str]:
        return [event.finding.code for event in self.events.of(FindingReported)]


@pytest.fixture
def machine(tmp_path: Path, url: str) -> Any:
    """Makes a machine by name; they share one store."""

    def make(name: str, *, write: bool = True) -> Machine:
        return Machine(tmp_path / name, StoreLocation(url=url, write=write))

    return make


@pytest.fixture
def plan(tmp_path: Path) -> Any:
    return plan_for(sdist_package(tmp_path, "demo", hooks="def requires_dist(): return ['numpy']"))


def test_what_one_machine_built_another_one_uses(machine, plan, environment):
    first = machine("one").service.build_wheel(plan, environment)
    other = machine("two")
    second = other.service.build_wheel(plan, environment)
    assert (first.from_store, second.from_store) == (False, True)
    assert second.path.is_relative_to(other.store.root)
    assert sha256_of(second.path) == first.sha256
    assert [stored.entry.log for stored in other.store.entries()] == [None]
    assert other.codes == []


def test_the_own_store_is_asked_first(machine, plan, environment, url):
    one = machine("one")
    one.service.build_wheel(plan, environment)
    storage = open_storage(url)
    (entry,) = [stored.entry for stored in one.store.entries()]
    storage.remove(wheel_path(entry))
    assert one.service.build_wheel(plan, environment).from_store


def test_metadata_is_shared_too(machine, plan, environment):
    told = machine("one").service.produce_metadata(plan, environment)
    other = machine("two")
    assert other.service.produce_metadata(plan, environment) == told
    assert told.requires_dist == ("numpy",)
    assert [event for event in other.events if not isinstance(event, FindingReported)] == []


def test_a_read_only_store_is_read_and_not_written(machine, plan, environment, url, tmp_path):
    first = machine("one", write=False)
    first.service.build_wheel(plan, environment)
    assert open_storage(url).names("objects") == []
    machine("two").service.build_wheel(plan, environment)
    assert machine("three", write=False).service.build_wheel(plan, environment).from_store
    assert first.codes == []


def test_a_store_can_ask_for_who_built_a_wheel(machine, plan, environment, url, tmp_path, monkeypatch):
    def asks(name: str, *keys: str) -> Machine:
        return Machine(tmp_path / name, StoreLocation(url=url, trust=keys))

    machine("unsigned").service.build_wheel(plan, environment)
    unsigned = asks("first", ALICE.key)
    assert not unsigned.service.build_wheel(plan, environment).from_store
    assert [event.finding.why for event in unsigned.events.of(FindingReported)] == [
        "the statement of how it was built is not signed"
    ]
    # Built again under the same circumstances, now with a key.
    monkeypatch.setenv("INTERLOCK_SIGNING_KEY", str(key_file(tmp_path)))
    open_storage(url).remove(next(records(open_storage(url), unsigned.store.entries()[0].key)).path)
    machine("signed").service.build_wheel(plan, environment)
    trusting = asks("second", BOB.key, ALICE.key)
    assert trusting.service.build_wheel(plan, environment).from_store
    assert (trusting.codes, trusting.store.entries()[0].entry.signed_by) == ([], (ALICE.key,))
    other = asks("third", BOB.key)
    assert not other.service.build_wheel(plan, environment).from_store
    assert other.service.stored_wheel(plan, environment) is not None
    assert other.codes == ["IL468"]


def test_a_signed_wheel_cannot_take_the_place_of_another(machine, plan, environment, url, tmp_path, monkeypatch):
    monkeypatch.setenv("INTERLOCK_SIGNING_KEY", str(key_file(tmp_path)))
    machine("one").service.build_wheel(plan, environment)
    storage = open_storage(url)
    key = identify(plan, environment, "wheel", lambda _: None).key
    other = replace(plan, variables=(("FLAG", "1"),))
    (record,) = records(storage, key)
    storage.remove(record.path)
    changed = [
        # As if another build had made it, or this one had made it of something else.
        (identify(other, environment, "wheel", lambda _: None).key, other, record.entry),
        (key, plan, replace(record.entry, missing=("never",))),
        (key, plan, replace(record.entry, version="2.0")),
    ]
    for number, (place, asked, entry) in enumerate(changed):
        add_record(storage, place, entry)
        reader = Machine(tmp_path / f"reader{number}", StoreLocation(url=url, trust=(ALICE.key,)))
        assert not reader.service.build_wheel(asked, environment).from_store
        assert reader.codes == ["IL468"]
        for each in records(storage, place):
            storage.remove(each.path)


def test_answers_of_backends_are_not_taken_where_keys_are_asked_for(machine, plan, environment, url, tmp_path):
    machine("one").service.produce_metadata(plan, environment)
    reader = Machine(tmp_path / "reader", StoreLocation(url=url, trust=(ALICE.key,)))
    reader.service.produce_metadata(plan, environment)
    assert len(reader.events) > 0
    assert reader.codes == []


def test_a_damaged_wheel_is_told_of_and_replaced(machine, plan, environment, url, tmp_path):
    built = machine("one").service.build_wheel(plan, environment)
    storage = open_storage(url)
    path = object_path(built.sha256, built.path.name)
    # Of the same size: only the hash tells.
    storage.write(path, b"x" * built.path.stat().st_size)
    reader = machine("reader", write=False)
    assert not reader.service.build_wheel(plan, environment).from_store
    assert reader.codes == ["IL465"]
    assert [stored.wheel.is_file() for stored in reader.store.entries()] == [True]
    writer = machine("writer")
    assert not writer.service.build_wheel(plan, environment).from_store
    assert writer.codes == ["IL465"]
    last = machine("last")
    assert last.service.build_wheel(plan, environment).from_store
    assert last.codes == []


def test_an_entry_whose_wheel_is_gone_is_no_entry(machine, plan, environment, url):
    built = machine("one").service.build_wheel(plan, environment)
    open_storage(url).remove(object_path(built.sha256, built.path.name))
    other = machine("two")
    assert not other.service.build_wheel(plan, environment).from_store
    assert other.codes == []


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"name": "demo"}', "\udcff"])
def test_records_that_make_no_sense_are_passed_over(machine, plan, environment, url, text):
    one = machine("one")
    one.service.build_wheel(plan, environment)
    storage = open_storage(url)
    key = one.store.entries()[0].record.parent.name
    (record,) = records(storage, key)
    storage.write(record.path, text.encode("utf-8", "surrogateescape"))
    other = machine("two")
    assert not other.service.build_wheel(plan, environment).from_store
    assert other.codes == []


def test_a_record_of_any_size_is_not_read(machine, plan, environment, url, monkeypatch):
    one = machine("one")
    one.service.build_wheel(plan, environment)
    storage = open_storage(url)
    (record,) = records(storage, one.store.entries()[0].record.parent.name)
    monkeypatch.setattr("interlock.builds.store.store_layout.LARGEST", 1 << 20)
    storage.write(record.path, b" " * (1 << 21))
    other = machine("two")
    assert not other.service.build_wheel(plan, environment).from_store
    assert other.codes == ["IL465"]


def test_an_entry_cannot_lead_out_of_the_store():
    good = Entry(name="demo", version="1", mode="isolated", filename="demo-1-py3-none-any.whl", sha256="a" * 64)
    assert wheel_path(Entry.loads(good.dumps())) == f"objects/aa/{'a' * 64}/demo-1-py3-none-any.whl"
    with pytest.raises(ValueError, match="SHA-256"):
        Entry.loads(replace(good, sha256="../../../etc").dumps())


# -- what goes wrong -------------------------------------------------------------------------------------------------


class Broken(Directory):
    """A storage whose operations fail, as those of a server do that is not there."""

    def __init__(self, *failing: str) -> None:
        super().__init__(Path("/nonexistent"))
        self.calls = 0
        self.failing = failing

    def names(self, folder: str) -> list[str]:
        self.calls += 1
        if "names" in self.failing:
            raise RuntimeError("no route to host")
        return []

    def send(self, source: Path, path: str) -> None:
        self.calls += 1
        raise PermissionError("403")


def test_an_unreachable_store_is_said_once_and_left_alone(plan, environment, tmp_path, monkeypatch):
    storage = Broken("names")
    monkeypatch.setattr("interlock.builds.store.shared.open_storage", lambda url: storage)
    machine = Machine(tmp_path / "one", StoreLocation(url="s3://name:secret@team/wheels", write=True))
    assert not machine.service.build_wheel(plan, environment).from_store
    machine.service.produce_metadata(plan, environment)
    assert (machine.codes, storage.calls) == (["IL463"], 1)
    finding = machine.events.of(FindingReported)[0].finding
    assert finding.severity is Severity.WARNING
    assert "no route to host" in finding.why
    assert "secret" not in str(finding)


def test_a_store_that_cannot_be_written_is_still_read(plan, environment, tmp_path, monkeypatch):
    storage = Broken()
    monkeypatch.setattr("interlock.builds.store.shared.open_storage", lambda url: storage)
    machine = Machine(tmp_path / "one", StoreLocation(url="s3://team", write=True))
    machine.service.build_wheel(plan, environment)
    assert machine.codes == ["IL464"]
    calls = storage.calls
    machine.service.produce_metadata(plan, environment)
    assert (machine.codes, storage.calls) == (["IL464"], calls + 1)


def test_a_file_where_the_directory_should_be(plan, environment, tmp_path):
    place = tmp_path / "file"
    place.write_text("not a directory")
    machine = Machine(tmp_path / "one", StoreLocation(url=str(place), write=True))
    assert not machine.service.build_wheel(plan, environment).from_store
    assert machine.codes == ["IL463"]


def test_an_unknown_kind_of_url(plan, environment, tmp_path):
    pytest.importorskip("fsspec")
    machine = Machine(tmp_path / "one", StoreLocation(url="nonsense://x"))
    machine.service.build_wheel(plan, environment)
    assert machine.codes == ["IL463"]


def test_the_optional_package_is_only_needed_for_urls(plan, environment, tmp_path, monkeypatch):
    monkeypatch.delitem(sys.modules, "interlock.builds.store.fsspec_storage", raising=False)
    for name in [name for name in sys.modules if name.partition(".")[0] == "fsspec"]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "fsspec", None)
    one = Machine(tmp_path / "one", StoreLocation(url=str(tmp_path / "shared"), write=True))
    one.service.build_wheel(plan, environment)
    assert one.codes == []
    two = Machine(tmp_path / "two", StoreLocation(url="memory://team", write=True))
    two.service.build_wheel(plan, environment)
    assert two.codes == ["IL462"]
    assert "interlock[store]" in two.events.of(FindingReported)[0].finding.fix


# -- several at once -------------------------------------------------------------------------------------------------


# What one writing process does, many times, while others do the same; it prints what went wrong.
WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from interlock.builds.store import shared
from interlock.builds.store.entry import Entry
from interlock.builds.store.identity import BuildIdentity
from interlock.builds.store.identity import BuildIdentity
from interlock.builds.store.shared import SharedStore
from interlock.builds.store.store import WheelStore
from interlock.core.files import sha256_of
from interlock_hooks.types import StoreLocation

place, own, wheel, key = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
sha256 = sha256_of(wheel)
identity = BuildIdentity(key, own)
store = WheelStore(own, [SharedStore(StoreLocation(url=place, write=True), print)])
print("ready", file=sys.stderr, flush=True)
sys.stdin.read()
for number in range(20):
    path = store.keep(wheel, sha256)
    entry = Entry(name="demo", version="1", mode="isolated", filename=path.name, sha256=sha256)
    store.add(identity, replace(entry, missing=(f"m{number % 3}",)))
    reader = WheelStore(own / str(number), [SharedStore(StoreLocation(url=place), print)])
    found = reader.find(identity)
    if found is None or sha256_of(found.wheel) != sha256:
        print("not found", number)
"""


@pytest.mark.parametrize("scheme", ["", "file://"])
def test_processes_that_write_at_the_same_time_never_see_half_a_wheel(tmp_path, scheme):
    wheel = tmp_path / "demo-1-py3-none-any.whl"
    wheel.write_bytes(bytes(range(256)) * 4096)
    pipe = subprocess.PIPE
    with ExitStack() as stack:
        writers = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", WRITER, f"{scheme}{tmp_path}/shared", str(tmp_path / name), str(wheel), KEY],
                    stdin=pipe,
                    stdout=pipe,
                    stderr=pipe,
                    text=True,
                )
            )
            for name in "abcd"
        ]
        assert [writer.stderr.readline() for writer in writers] == ["ready\n"] * 4
        for writer in writers:
            # The end of their input lets them go.
            writer.stdin.close()
        told = [writer.stdout.read() + writer.stderr.read() for writer in writers]
    assert told == [""] * 4
    files = sorted(path.suffix for path in (tmp_path / "shared").rglob("*") if path.is_file())
    assert files == [".json", ".json", ".json", ".whl"]


def test_a_growing_file_is_not_seen_on_file_systems_that_show_it(tmp_path, monkeypatch):
    """fsspec's own local file system stands for those, such as SFTP, that write in place."""
    pytest.importorskip("fsspec")
    from fsspec.implementations.local import LocalFileSystem

    from interlock.builds.store.fsspec_storage import Remote

    written: list[str] = []
    put = LocalFileSystem.put_file
    monkeypatch.setattr(
        LocalFileSystem, "put_file", lambda self, *args, **named: (written.append(args[1]), put(self, *args, **named))
    )
    source = tmp_path / "source"
    source.write_bytes(b"content")
    storage = Remote((tmp_path / "shared").as_uri())
    storage.send(source, "objects/a/x.whl")
    storage.send(source, "objects/a/x.whl")
    assert [Path(path).name.startswith(".partial-") for path in written] == [True]
    assert storage.names("objects/a") == ["x.whl"]
    storage.fetch("objects/a/x.whl", tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == b"content"
    storage.write("r.json", b"1")
    storage.write("r.json", b"2")
    assert storage.read("r.json") == b"2"


# -- where stores are declared ---------------------------------------------------------------------------------------


def test_the_variable_comes_before_the_manifest(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INTERLOCK_STORE", " team s3://bucket/wheels,write ")
    declared = (StoreLocation(url="s3://bucket/wheels"), StoreLocation(url="/nfs/wheels", write=True))
    found = [(location.url, location.write) for location in shared_locations(declared)]
    assert found == [(str(tmp_path / "team"), False), ("s3://bucket/wheels", True), ("/nfs/wheels", True)]


def test_another_spelling_of_a_store_needs_its_keys_as_well(monkeypatch, tmp_path):
    trust = (ALICE.key,)
    monkeypatch.setenv("INTERLOCK_STORE", f"file://{tmp_path}/one {tmp_path}/two/ s3://bucket/wheels/,write")
    declared = [
        StoreLocation(url=url, trust=trust) for url in (f"{tmp_path}/one", f"{tmp_path}/two", "s3://bucket/wheels")
    ]
    found = shared_locations([*declared, StoreLocation(url=f"{tmp_path}/two")])
    assert [(each.trust, each.write) for each in found] == [(trust, False), (trust, False), (trust, True)]


def test_without_the_variable_there_is_what_the_manifest_says(monkeypatch):
    monkeypatch.delenv("INTERLOCK_STORE", raising=False)
    assert shared_locations(()) == ()


def test_the_default_store_uses_the_variable(monkeypatch, plan, environment, events, tmp_path):
    monkeypatch.setenv("INTERLOCK_STORE", f"{tmp_path}/team,write")
    BuildService(default_store(), emit=events).build_wheel(plan, environment)
    assert [path.suffix for path in (tmp_path / "team").rglob("*") if path.is_file()].count(".whl") == 1


def test_with_the_network_switched_off_a_server_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    monkeypatch.setenv("INTERLOCK_OFFLINE", "1")
    assert isinstance(open_storage(str(tmp_path)), Directory)
    with pytest.raises(OSError, match="the network is switched off"):
        open_storage("memory://team/wheels")


def test_a_large_store_is_asked_no_more_than_a_small_one(tmp_path: Path, url: str, monkeypatch: Any) -> None:
    counting = Counting(open_storage(url))
    monkeypatch.setattr(shared, "open_storage", lambda _: counting)
    wheel = tmp_path / "ext-1.0-py3-none-any.whl"
    wheel.write_bytes(b"wheel")
    entry = Entry(name="ext", version="1.0", mode="isolated", filename=wheel.name, sha256=sha256_of(wheel))
    identity = BuildIdentity(KEY, tmp_path, "source")
    asked = []
    for size in (1, 40):
        for number in range(size):
            add_record(counting, f"{number:064x}", replace(entry, sha256=f"{number:064x}"))
        SharedStore(StoreLocation(url=url, write=True), Events()).publish(KEY, entry, wheel)
        counting.asked.clear()
        store = WheelStore(tmp_path / f"own {size}", [SharedStore(StoreLocation(url=url), Events())])
        assert store.knows(identity) == entry
        found = store.find(identity)
        assert found is not None
        assert found.wheel is not None
        assert store.find(BuildIdentity("cd" * 32, tmp_path, "source")) is None
        asked.append(counting.asked.copy())
    assert asked == [["names", "read", "names", "read", "fetch", "names"]] * 2
