from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from interlock.builds import service as service_module
from interlock.builds.run.errors import RequirementsUnmetError
from interlock.builds.run.interpreter import ask_interpreter
from interlock.builds.service import BuildService
from interlock.builds.store.entry import Entry
from interlock.builds.store.identity import identify, source_identity
from interlock.builds.store.store import WheelStore
from interlock.core.files import sha256_of
from interlock.engines.python.interpreter import python_of
from interlock_hooks.types import (
    Artifact,
    BuildMode,
    BuildStarted,
    CodeStarted,
    CondaRecord,
    CondaSolution,
    ProvidedDistribution,
)
from kit.git import Repository
from unit.builds.conftest import make_environment, make_wheel, plan_for, sdist_package


@pytest.fixture
def store(tmp_path: Path) -> WheelStore:
    return WheelStore(tmp_path / "store")


@pytest.fixture
def service(store, events) -> BuildService:
    return BuildService(store, emit=events)


def builds(events) -> int:
    return len(events.of(BuildStarted))


def test_the_same_build_comes_from_the_store(service, events, environment, tmp_path):
    plan = plan_for(sdist_package(tmp_path, "demo"))
    first = service.build_wheel(plan, environment)
    second = service.build_wheel(plan, environment)
    assert (builds(events), first.from_store, second.from_store) == (1, False, True)
    assert second == replace(first, from_store=True)
    assert sha256_of(second.path) == second.sha256


def test_a_changed_variable_builds_again_and_changing_it_back_does_not(service, store, environment, tmp_path):
    plan = plan_for(sdist_package(tmp_path, "demo"))
    other = replace(plan, variables=(("FLAG", "https://me:secret@host.example"),))
    assert [service.build_wheel(each, environment).from_store for each in (plan, other, plan, other)] == [
        False,
        False,
        True,
        True,
    ]
    # The lock has no credentials, and a password that changes does not change the wheel.
    for text in ("https://host.example", "https://me:another@host.example"):
        assert service.build_wheel(replace(plan, variables=(("FLAG", text),)), environment).from_store
    # Others may read the store.
    assert {stored.entry.variables for stored in store.entries()} == {(), (("FLAG", "https://host.example"),)}


def test_who_asks_for_a_source_is_no_part_of_its_identity(tmp_path):
    mine = Artifact(kind="git", url="https://me:secret@host.example/r", commit="c" * 40)
    theirs = replace(mine, url="https://host.example/r")
    assert source_identity(mine, tmp_path) == source_identity(theirs, tmp_path) == f"{theirs.url}@{'c' * 40}"


def test_a_tree_whose_version_is_made_of_its_history_is_another_source_after_a_commit(tmp_path):
    repository = Repository(tmp_path / "lib")
    repository.commit({"pyproject.toml": "[tool.uv]\ncache-keys = [{ git = true }]\n"})
    tree = Artifact(kind="directory", url=repository.url)
    before = source_identity(tree, tmp_path)
    assert source_identity(tree, tmp_path) == before
    repository.commit({})
    assert source_identity(tree, tmp_path) != before


@pytest.mark.usefixtures("build_once")
def test_each_stored_wheel_has_a_statement_of_its_build(service, store, environment, tmp_path):
    package = sdist_package(tmp_path, "demo", hooks="import used")
    used = make_wheel(tmp_path, "used", "1.0+local", {"used.py": ""})
    plan = plan_for(package, BuildMode.MATCHED, overlay=(used,))
    wheel = service.build_wheel(plan, environment)
    (stored,) = store.entries()
    statement = stored.entry.statement
    assert statement["subject"] == [{"name": wheel.path.name, "digest": {"sha256": sha256_of(wheel.path)}}]
    definition, run = statement["predicate"]["buildDefinition"], statement["predicate"]["runDetails"]
    source = {"uri": package.artifact.url, "digest": {"sha256": package.artifact.sha256}}
    assert definition["externalParameters"]["source"] == definition["resolvedDependencies"][0] == source
    assert definition["resolvedDependencies"][1] == {
        "uri": "pkg:pypi/used@1.0%2Blocal",
        "downloadLocation": used.artifact.url,
        "digest": {"sha256": used.artifact.sha256},
    }
    assert definition["internalParameters"]["key"] == stored.key
    assert definition["internalParameters"]["circumstances"]["imports"] == {"used": used.artifact.sha256}
    assert run["byproducts"] == [
        {"name": wheel.log.name, "digest": {"sha256": sha256_of(wheel.log)}, "mediaType": "text/plain"}
    ]
    assert run["metadata"]["startedOn"] <= run["metadata"]["finishedOn"]
    assert stored.entry.signed_by == ()
    assert stored.entry.built.log == sha256_of(wheel.log)


@pytest.mark.usefixtures("build_once")
def test_the_number_of_jobs_is_no_part_of_the_identity(service, events, environment, tmp_path):
    plan = plan_for(sdist_package(tmp_path, "demo"))
    service.build_wheel(plan, environment)
    assert service.build_wheel(replace(plan, variables=(("MAX_JOBS", "7"),)), environment).from_store


def test_config_settings_and_mode_and_source_are_part_of_the_identity(service, events, environment, tmp_path):
    plan = plan_for(sdist_package(tmp_path, "demo"))
    service.build_wheel(plan, environment)
    changed = [
        replace(plan, config_settings=(("a", "b"),)),
        replace(plan, mode=BuildMode.NO_ISOLATION),
        plan_for(sdist_package(tmp_path / "other", "demo", hooks="# changed")),
    ]
    assert not any(service.build_wheel(each, environment).from_store for each in changed)


def test_only_an_imported_distribution_makes_a_new_build(service, events, environment, tmp_path):
    package = sdist_package(tmp_path, "demo", hooks="import used")
    used = [make_wheel(tmp_path, "used", version, {"used.py": ""}) for version in ("1.0", "2.0")]
    unused = [make_wheel(tmp_path, "unused", version, {"unused.py": ""}) for version in ("1.0", "2.0")]

    def from_store(*overlay) -> bool:
        return service.build_wheel(plan_for(package, BuildMode.MATCHED, overlay=overlay), environment).from_store

    assert not from_store(used[0], unused[0])
    assert from_store(used[0], unused[1])
    assert from_store(used[0])
    assert not from_store(used[1], unused[0])
    assert from_store(used[0], unused[0])


def test_a_module_that_appears_makes_a_new_build(service, events, environment, tmp_path):
    hooks = (
        "try:\n  import optional\nexcept ImportError:\n  optional = None\ndef build(s): return str(optional is None)"
    )
    package = sdist_package(tmp_path, "demo", hooks=hooks)
    optional = make_wheel(tmp_path, "optional", "1.0", {"optional.py": ""})
    without, with_it = plan_for(package), plan_for(package, overlay=(optional,))
    assert not service.build_wheel(without, environment).from_store
    assert not service.build_wheel(with_it, environment).from_store
    assert service.build_wheel(without, environment).from_store


ASKING = """
    import used, os
    def get_requires(): return ['used', 'never; python_version < "3"', 'asked>=2']
"""


def test_what_a_backend_asks_for_is_asked_once_for_each_build_environment(service, events, environment, tmp_path):
    package = sdist_package(tmp_path, "demo", hooks=ASKING)
    used = [make_wheel(tmp_path, "used", version, {"used.py": ""}) for version in ("1.0", "2.0")]
    asked = [make_wheel(tmp_path, "asked", version, {"asked.py": ""}) for version in ("1.0", "2.0")]

    def unmet(*overlay) -> tuple[str, ...]:
        try:
            service.require_planned(plan_for(package, BuildMode.MATCHED, overlay=overlay), environment)
        except RequirementsUnmetError as error:
            return error.requirements
        return ()

    assert unmet(used[0]) == ("asked>=2",)
    assert unmet(used[0], asked[0]) == ("asked>=2",)
    assert unmet(used[0], asked[1]) == ()
    assert builds(events) == 1
    assert unmet(used[1], asked[1]) == ()
    assert builds(events) == 2


def test_metadata_leaves_the_answer_to_what_is_asked(service, events, environment, tmp_path):
    plan = plan_for(sdist_package(tmp_path, "demo"))
    service.produce_metadata(plan, environment)
    service.require_planned(plan, environment)
    assert builds(events) == 1


def test_another_compiler_package_makes_a_new_build(service, events, environment, tmp_path):
    def with_nvcc(version: str):
        record = CondaRecord(
            name="cuda-nvcc",
            version=version,
            build="0",
            build_number=0,
            subdir="linux-64",
            url=f"https://c.invalid/{version}",
            file_name="x",
            channel="c",
            sha256=version,
        )
        conda = CondaSolution(platform="linux-64", records=(record,))
        return replace(environment, locked=replace(environment.locked, conda=conda))

    plan = plan_for(sdist_package(tmp_path, "demo"))
    results = [service.build_wheel(plan, with_nvcc(version)).from_store for version in ("13.0", "13.1", "13.0")]
    assert results == [False, False, True]


def test_a_conda_provided_distribution_is_identified_by_its_record(environment, tmp_path):
    def visible(sha256: str):
        record = CondaRecord(
            name="numpy",
            version="2",
            build="0",
            build_number=0,
            subdir="linux-64",
            url="https://c.invalid/numpy",
            file_name="x",
            channel="c",
            sha256=sha256,
        )
        resolution = replace(
            environment.locked.resolution, provided=(ProvidedDistribution(name="numpy", version="2", record="numpy"),)
        )
        locked = replace(
            environment.locked, resolution=resolution, conda=CondaSolution(platform="linux-64", records=(record,))
        )
        plan = plan_for(sdist_package(tmp_path, "demo"), BuildMode.NO_ISOLATION)
        return identify(plan, replace(environment, locked=locked), "wheel", lambda _: None)

    assert visible("a").visible == {"numpy": "a"}
    assert visible("a").key == visible("b").key


def test_the_abi_of_the_interpreter_is_part_of_the_identity(environment, tmp_path, monkeypatch):
    asked = ask_interpreter(python_of(environment.prefix))
    plan = plan_for(sdist_package(tmp_path, "demo"))

    def key(abi: str) -> str:
        told = replace(asked, tag="cpython-313", abi=abi)
        monkeypatch.setattr("interlock.builds.store.identity.ask_interpreter", lambda _: told)
        return identify(plan, environment, "wheel", lambda _: None).key

    assert key("cpython-313-x86_64-linux-gnu") != key("cpython-313t-x86_64-linux-gnu")


@pytest.mark.usefixtures("build_once")
def test_a_damaged_wheel_is_built_again(service, events, environment, tmp_path):
    plan = plan_for(sdist_package(tmp_path, "demo"))
    wheel = service.build_wheel(plan, environment)
    wheel.path.write_bytes(b"damaged")
    again = service.build_wheel(plan, environment)
    assert not again.from_store
    assert sha256_of(again.path) == again.sha256


@pytest.mark.usefixtures("build_once")
def test_a_damaged_record_is_ignored(service, store, events, environment, tmp_path):
    plan = plan_for(sdist_package(tmp_path, "demo"))
    service.build_wheel(plan, environment)
    for text in ("{", "[]", '{"name": "demo"}'):
        store.entries()[0].record.write_text(text)
        assert not service.build_wheel(plan, environment).from_store


def test_a_wheel_that_names_its_prefix_is_not_used_in_another(service, store, events, environment, tmp_path):
    hooks = f"def build(s): return {str(environment.prefix / 'share')!r}"
    plan = plan_for(sdist_package(tmp_path, "demo", hooks=hooks))
    service.build_wheel(plan, environment)
    assert service.build_wheel(plan, environment).from_store
    (stored,) = store.entries()
    assert stored.entry.prefix == str(environment.prefix)
    identity = identify(plan, environment, "wheel", events)
    assert stored.entry.holds_for(identity)
    assert not stored.entry.holds_for(replace(identity, prefix=tmp_path / "elsewhere"))


def test_a_wheel_is_only_used_with_the_libraries_that_it_is_linked_with(environment, events, tmp_path):
    plan = plan_for(sdist_package(tmp_path, "demo"))
    identity = replace(identify(plan, environment, "wheel", events), conda={"hdf5": "1"})
    entry = Entry(name="demo", version="1.0", mode="isolated", libraries=(("hdf5", "1"),))
    assert entry.holds_for(identity)
    assert not entry.holds_for(replace(identity, conda={"hdf5": "2"}))
    assert not entry.holds_for(replace(identity, conda={}))


def test_metadata_is_stored_too(service, events, environment, tmp_path):
    plan = plan_for(sdist_package(tmp_path, "demo", hooks="def requires_dist(): return ['numpy']"))
    first = service.produce_metadata(plan, environment, why="only setup.py knows it")
    assert service.produce_metadata(plan, environment) == first
    assert (builds(events), first.requires_dist) == (1, ("numpy",))
    (code,) = events.of(CodeStarted)
    assert (code.step, code.why) == ("metadata", "only setup.py knows it")


def test_metadata_that_took_a_build_leaves_the_wheel_in_the_store(service, events, environment, tmp_path, monkeypatch):
    monkeypatch.setattr("interlock.builds.run.frontend.Frontend.metadata", lambda *args, **options: None)
    plan = plan_for(sdist_package(tmp_path, "demo"))
    service.produce_metadata(plan, environment)
    assert service.build_wheel(plan, environment).from_store
    assert builds(events) == 1


def test_an_editable_build_is_never_stored(service, store, events, environment, tmp_path):
    from interlock_hooks.types import Artifact, PyPIPackage
    from unit.builds.conftest import project_files

    for name, text in project_files("demo", "1.0").items():
        (tmp_path / name).write_text(text)
    artifact = Artifact(kind="directory", url=tmp_path.as_uri(), editable=True)
    plan = plan_for(PyPIPackage(name="demo", version="1.0", artifact=artifact))
    assert not service.build_wheel(plan, environment).from_store
    assert not service.build_wheel(plan, environment).from_store
    assert store.entries() == []


def test_writers_at_the_same_time_leave_a_usable_store(store, events, environment, tmp_path):
    plan = plan_for(sdist_package(tmp_path, "demo"))
    failures = []

    def build() -> None:
        try:
            BuildService(store, emit=events).build_wheel(plan, environment)
        except BaseException as error:  # noqa: BLE001 - reported by the test
            failures.append(error)

    threads = [threading.Thread(target=build) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert BuildService(store, emit=events).build_wheel(plan, environment).from_store
    assert store.verify() == []
    assert len(store.entries()) == 1


def test_verify_removes_and_reports_what_is_damaged(service, store, environment, tmp_path):
    good = service.build_wheel(plan_for(sdist_package(tmp_path, "good")), environment)
    bad = service.build_wheel(plan_for(sdist_package(tmp_path, "bad")), environment)
    bad.path.write_bytes(b"damaged")
    assert [stored.entry.name for stored in store.verify()] == ["bad"]
    assert [stored.entry.name for stored in store.entries()] == ["good"]
    assert good.path.is_file()
    assert not bad.path.exists()


def test_prune_removes_what_is_unused_and_orphaned(service, store, environment, tmp_path):
    import os

    old = service.build_wheel(plan_for(sdist_package(tmp_path, "old")), environment)
    new = service.build_wheel(plan_for(sdist_package(tmp_path, "new")), environment)
    record = next(stored.record for stored in store.entries() if stored.entry.name == "old")
    for path in (record, old.path):
        os.utime(path, (1, 1))
    assert [stored.entry.name for stored in store.prune(unused_for=3600)] == ["old"]
    assert (old.path.exists(), new.path.exists()) == (False, True)
    store.prune()
    assert store.entries() == []
    assert not new.path.exists()


def test_entries_survive_a_round_trip():
    entry = Entry(
        name="demo",
        version="1",
        mode="isolated",
        imports=(("numpy", "abc"),),
        missing=("torch",),
        toolchain=(("cc", "/usr/bin/cc"),),
        variables=(("A", "b"),),
    )
    assert Entry.loads(entry.dumps()) == entry
    assert json.loads(entry.dumps())["name"] == "demo"


@pytest.mark.usefixtures("build_once")
def test_the_environment_of_a_stored_build_need_not_exist_again(service, events, tmp_path, prefix):
    environment = make_environment(prefix, tmp_path)
    plan = plan_for(sdist_package(tmp_path, "demo"))
    service.build_wheel(plan, environment)
    assert (
        service_module.BuildService(WheelStore(tmp_path / "store"), emit=events)
        .build_wheel(plan, replace(environment, logs=tmp_path / "elsewhere"))
        .from_store
    )
