from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interlock.lock.model import Lock
from interlock.lock.portable import Portable
from interlock.lock.reader import parse, read
from interlock.lock.writer import render, write
from interlock_hooks.types import (
    Artifact,
    BuildMode,
    BuildPlan,
    BuildRequirement,
    CondaRecord,
    CondaSolution,
    Index,
    Location,
    LockedEnvironment,
    PyPIPackage,
    PythonTarget,
    Resolution,
)
from kit.strategies import contract as strategies

ROOT = Path("/work space/project")


def parsed(text: str, root: Path = ROOT) -> Lock:
    return parse(text, path=root / "interlock.lock", root=root)


# Making a whole lock takes long for a property test; that is no sign of a bad strategy here.
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=100, deadline=None, suppress_health_check=SLOW)
@given(strategies.locks())
def test_reading_what_was_written_gives_the_same_lock(lock: Lock) -> None:
    assert parsed(render(lock, ROOT)) == lock


@settings(max_examples=30, deadline=None, suppress_health_check=SLOW)
@given(strategies.locks(), st.randoms())
def test_bytes_depend_on_the_content_only(lock: Lock, random: st.DrawFn) -> None:
    shuffled = list(lock.environments)
    random.shuffle(shuffled)
    assert render(replace(lock, environments=tuple(shuffled)), ROOT) == render(lock, ROOT)


@settings(max_examples=200, deadline=None)
@given(strategies.texts, st.sampled_from(["/", "/r", "/a b/c", "/ü/x.y"]))
def test_any_text_survives_packing(text: str, root: str) -> None:
    portable = Portable(Path(root))
    for value in (text, f"{root}/{text}", f"x @ {Path(root).as_uri()}/{text}", f"-I{root} {text}", f"${root}{text}"):
        packed = portable.pack(value)
        assert portable.unpack(packed) == value
        assert portable.pack(packed) != packed or "{ROOT}" not in packed


BESIDE = (Path("/r/lib"), Path("/r/a b/dist"), Path("/r"), Path("/"))


@settings(max_examples=200, deadline=None)
@given(strategies.texts, st.sampled_from(BESIDE))
def test_places_beside_the_project_move_with_it(text: str, place: Path) -> None:
    portable = Portable(Path("/r/project"), BESIDE)
    for value in (f"x @ {place.as_uri()}/{text}", f"-I{place} {text}", f"{place}/{text}", f"${{ROOT/..}}/{text}"):
        assert portable.unpack(portable.pack(value)) == value
    address = f"{place.as_uri()}/x.whl"
    assert portable.unpack_url(portable.pack_url(address)) == address


@pytest.mark.parametrize(
    ("url", "packed"),
    [
        ("file:///r/lib", "../lib"),
        ("file:///r/lib/src", "../lib/src"),
        ("file:///r/library", "../library"),
        ("file:///r/project/x", "./x"),
        ("file:///r/a%20b/dist/x.whl", "../a%20b/dist/x.whl"),
        ("/r/a b/dist", "../a%20b/dist"),
        ("file:///r", ".."),
        ("file:///elsewhere", "file:///elsewhere"),
    ],
)
def test_places_beside_the_project_are_relative(url: str, packed: str) -> None:
    assert Portable(Path("/r/project"), BESIDE).pack_url(url) == packed


def test_what_is_not_named_beside_the_project_stays_as_it_is() -> None:
    portable = Portable(Path("/r/project"), [Path("/r/lib")])
    assert portable.pack_url("file:///r/other") == "file:///r/other"
    assert portable.pack("git+file:///r/lib@main") == "git+file://${ROOT/..}/lib@main"
    moved = Portable(Path("/home/me/project"))
    assert moved.unpack("git+file://${ROOT/..}/lib@main") == "git+file:///home/me/lib@main"
    assert moved.unpack_url("../../../../lib") == "file:///lib"


def record(**changes: object) -> CondaRecord:
    values = {
        "name": "python",
        "version": "3.12.7",
        "build": "h1_0",
        "build_number": 0,
        "subdir": "linux-64",
        "url": "https://conda.example/conda-forge/linux-64/python-3.12.7-h1_0.conda",
        "file_name": "python-3.12.7-h1_0.conda",
        "channel": "https://conda.example/conda-forge",
        "sha256": "ab" * 32,
    }
    return CondaRecord(**{**values, **changes})  # type: ignore[arg-type]


def package(url: str, **changes: object) -> PyPIPackage:
    values = {"name": "demo", "version": "1.0", "artifact": Artifact(kind="wheel", url=url)}
    return PyPIPackage(**{**values, **changes})  # type: ignore[arg-type]


def environment(
    *packages: PyPIPackage,
    records: tuple[CondaRecord, ...] = (),
    plans: tuple[BuildPlan, ...] = (),
    channels: tuple[str, ...] = (),
    platform: str = "linux-64",
) -> LockedEnvironment:
    return LockedEnvironment(
        name="default",
        platform=platform,
        conda=CondaSolution(platform=platform, records=records, channels=channels),
        resolution=Resolution(python=PythonTarget(version="3.12.7", platform=platform), packages=packages),
        plans=plans,
    )


def lock_of(*environments: LockedEnvironment, indexes: tuple[Index, ...] = ()) -> Lock:
    lock = Lock()
    for each in environments:
        lock = lock.with_environment(each, digest="sha256:0", indexes=indexes)
    return lock


def test_places_below_the_root_move_with_the_project() -> None:
    here, there = Path("/home/one/p q"), Path("/srv/two")
    text = render(
        lock_of(
            environment(
                package("file:///home/one/p%20q/dist/x.whl", requires=("y @ file:///home/one/p%20q/y",)),
                package("file:///home/one/p%20q", name="own"),
                package("file:///home/one/p%20q-other/z.whl", name="other"),
                channels=("/home/one/p q/channel", "file:///home/one/p%20q/c2"),
            )
        ),
        here,
    )
    assert "/home/one/p%20q/" not in text
    assert "/home/one/p q" not in text
    moved = parsed(text, there).get("default", "linux-64")
    assert moved is not None
    by_name = {each.name: each for each in moved.resolution.packages}
    assert by_name["demo"].artifact.url == "file:///srv/two/dist/x.whl"
    assert by_name["demo"].requires == ("y @ file:///srv/two/y",)
    assert by_name["own"].artifact.url == "file:///srv/two"
    assert by_name["other"].artifact.url == "file:///home/one/p%20q-other/z.whl"
    assert moved.conda.channels == ("file:///srv/two/channel", "file:///srv/two/c2")


def test_paths_in_variables_and_flags_move_too() -> None:
    plan = BuildPlan(
        package=package("https://h.example/x.tar.gz"),
        mode=BuildMode.MATCHED,
        variables=(("CFLAGS", "-I/r/p/include -L/r/p/lib -DX=/usr/r/p"), ("KEEP", "${ROOT}")),
    )
    text = render(lock_of(environment(plan.package, plans=(plan,))), Path("/r/p"))
    assert 'CFLAGS = "-I${ROOT}/include -L${ROOT}/lib -DX=/usr/r/p"' in text
    moved = parsed(text, Path("/new")).get("default", "linux-64")
    assert moved is not None
    assert moved.plans[0].variables == (("CFLAGS", "-I/new/include -L/new/lib -DX=/usr/r/p"), ("KEEP", "${ROOT}"))


def test_no_secret_reaches_the_file() -> None:
    locked = environment(
        package("https://u:SECRET@host/x.whl", index="https://u:SECRET@host/simple"),
        records=(record(url="https://host/t/SECRET/c/linux-64/a.conda", channel="https://host/t/SECRET/c"),),
        channels=("https://u:SECRET@host/c",),
    )
    text = render(lock_of(locked, indexes=(Index(url="https://u:SECRET@host/simple"),)), ROOT)
    assert "SECRET" not in text
    assert "u:" not in text


def test_shared_packages_are_stored_once() -> None:
    shared = package("https://host/demo-1.0-py3-none-any.whl")
    first, second = (
        environment(shared, records=(record(),)),
        environment(shared, records=(record(),), platform="osx-64"),
    )
    text = render(lock_of(first, second), ROOT)
    assert text.count("[[conda]]") == 1
    assert text.count("[[pypi]]") == 1


def test_records_that_differ_under_one_file_name_are_kept_apart() -> None:
    first = environment(records=(record(depends=("a",)),))
    second = environment(records=(record(depends=("b",)),), platform="osx-64")
    lock = lock_of(first, second)
    assert parsed(render(lock, ROOT)) == lock


def test_places_in_the_manifest_are_not_written() -> None:
    where = Location(file="/home/me/pyproject.toml", line=7)
    plan = BuildPlan(
        package=package("https://h.example/x.tar.gz"),
        mode=BuildMode.ISOLATED,
        requirements=(BuildRequirement(requirement="torch", match_runtime=True, where=where),),
    )
    text = render(lock_of(environment(plan.package, plans=(plan,))), ROOT)
    assert "pyproject.toml" not in text
    found = parsed(text).get("default", "linux-64")
    assert found is not None
    assert found.plans[0].requirements == (BuildRequirement(requirement="torch", match_runtime=True),)


def test_writing_an_equal_lock_leaves_the_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "interlock.lock"
    lock = lock_of(environment(package("https://host/x.whl")))
    assert write(path, lock)
    before = path.stat()
    assert not write(path, lock)
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert read(path) == lock
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_text().startswith("# ")
