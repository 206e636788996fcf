from __future__ import annotations

import copy
import hashlib
import json
import shutil
from pathlib import Path

import pytest

from interlock import __version__
from interlock.install import guard, placing, transaction
from interlock.install.fresh import fresh_state
from interlock.install.options import InstallOptions
from interlock.install.state import load_state
from interlock_hooks.types import CondaRecord, InterlockError, LockedEnvironment, ProvidedDistribution
from kit.engines import Stopped, World, locked, package, record, remember

SITE = "lib/python3.12/site-packages"
SHARED = {"ns/__init__.py": "", "../../../bin/ns": "script"}


@pytest.fixture
def stocked(world: World) -> World:
    """A world whose engines know a few packages."""
    world.engines.wheels |= {
        "app 1.0": {"app/__init__.py": "1.0", "app/old.py": ""},
        "app 2.0": {"app/__init__.py": "2.0"},
        "lib 1.0": {"lib.py": "1.0"},
        "num 1.0": {"num/__init__.py": "from pypi"},
        "ext 1.0": {"ext.so": "built"},
        # The same files from three wheels, of which one changes, and from a conda package.
        "one 1.0": {**SHARED, "one.py": "1.0"},
        "one 2.0": {"one.py": "2.0"},
        "two 1.0": {**SHARED, "two.py": "1.0"},
        "six 1.0": {**SHARED, "six.py": "built"},
    }
    world.engines.conda |= {
        "tool 1.0": {"bin/tool": "1.0"},
        "tool 2.0": {"bin/tool": "2.0", "share/tool": "new"},
        "num 1.0": {
            f"{SITE}/num/__init__.py": "from conda",
            f"{SITE}/num-1.0.dist-info/INSTALLER": "conda",
            f"{SITE}/num-1.0.dist-info/RECORD": "num/__init__.py,,\n",
        },
        "ns 1.0": {f"{SITE}/ns/__init__.py": "", "bin/ns": "script", "share/ns": "1.0"},
        "ns 2.0": {"share/ns": "2.0"},
    }
    return world


def is_fresh(world: World) -> bool:
    files = (str(world.root / "pyproject.toml"),)
    return fresh_state(str(world.prefix), version=__version__, files=files) is not None


def is_complete(world: World) -> bool:
    state = load_state(world.prefix)
    return state is not None and state.complete


NUM_BY_CONDA = locked(
    conda=[record("num", "1.0")], provided=[ProvidedDistribution(name="num", version="1.0", record="num 1.0 h0_0")]
)
START = locked(package("app", "1.0"), package("lib", "1.0"), conda=[record("tool", "1.0")])
ONE, TWO, SIX = package("one", "1.0"), package("two", "1.0"), package("six", "1.0", kind="sdist")
NS = record("ns", "1.0")
BUILT = locked(package("app", "1.0"), package("ext", "1.0", kind="sdist"))

MOVES: dict[str, tuple[LockedEnvironment | None, LockedEnvironment]] = {
    "from nothing": (None, START),
    "a build from nothing": (None, BUILT),
    "another wheel": (START, locked(package("app", "2.0"), package("lib", "1.0"), conda=[record("tool", "1.0")])),
    "the same version, another file": (
        START,
        locked(package("app", "1.0", sha256="ff"), conda=[record("tool", "1.0")]),
    ),
    "another conda package": (
        START,
        locked(package("app", "1.0"), package("lib", "1.0"), conda=[record("tool", "2.0")]),
    ),
    "everything dropped": (START, locked()),
    "another python": (START, locked(package("app", "1.0"), python="3.11.9")),
    "from PyPI to conda": (locked(package("num", "1.0")), NUM_BY_CONDA),
    "from conda to PyPI": (NUM_BY_CONDA, locked(package("num", "1.0"))),
    "one owner of three dropped": (locked(ONE, TWO, SIX), locked(TWO, SIX)),
    "two owners of three dropped": (locked(ONE, TWO, SIX), locked(SIX)),
    "all owners but conda dropped": (locked(ONE, TWO, SIX, conda=[NS]), locked(conda=[NS])),
    "conda, one of the owners, dropped": (locked(ONE, SIX, conda=[NS]), locked(ONE, SIX)),
    "an owner that no longer is": (locked(ONE, TWO), locked(package("one", "2.0"), TWO)),
    "a conda owner that no longer is": (locked(ONE, conda=[NS]), locked(ONE, conda=[record("ns", "2.0")])),
    "another file of the same owner": (locked(ONE, TWO), locked(package("one", "1.0", sha256="ff"), TWO)),
    "owners on another python": (locked(ONE, TWO, SIX, python="3.11.9"), locked(TWO, SIX)),
    "no python any more": (START, locked(python=None, conda=[record("tool", "1.0")])),
}


@pytest.mark.parametrize("move", MOVES)
def test_an_install_gives_what_the_lock_says_whatever_was_there(stocked: World, move: str) -> None:
    before, after = MOVES[move]
    stocked.install(after)
    expected = stocked.content()
    shutil.rmtree(stocked.prefix)
    if before is not None:
        stocked.install(before)
    assert stocked.install(after)
    assert stocked.content() == expected
    assert is_fresh(stocked)


@pytest.mark.parametrize("move", MOVES)
def test_killed_at_any_step_the_next_install_finishes(
    stocked: World, move: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = MOVES[move]
    stocked.install(after)
    expected = stocked.content()
    engines = stocked.engines
    stop_at = 0
    while True:
        engines.stop_at = None
        shutil.rmtree(stocked.prefix)
        if before is not None:
            stocked.install(before)
        engines.steps, engines.stop_at = 0, stop_at
        try:
            stocked.install(after)
        except Stopped:
            engines.stop_at = None
            stocked.install(after)
            assert stocked.content() == expected, f"stopped before step {stop_at}"
            assert is_fresh(stocked)
            stop_at += 1
        else:
            break
    assert stop_at > 3


@pytest.mark.parametrize("move", [move for move, (before, _) in MOVES.items() if before is not None])
def test_killed_on_the_way_the_install_can_be_taken_back(stocked: World, move: str) -> None:
    before, after = MOVES[move]
    assert before is not None
    stocked.install(before)
    expected = stocked.content()
    stop_at = 0
    while True:
        stocked.engines.steps, stocked.engines.stop_at = 0, stop_at
        try:
            stocked.install(after)
        except Stopped:
            stocked.engines.stop_at = None
            stocked.install(before)
            # What linking had just begun is known from rattler's cache alone, which is not here.
            linked = {path for record in after.conda.records for path in stocked.engines.conda[_label(record)]}
            found = stocked.content()
            assert found.items() >= expected.items(), f"stopped before step {stop_at}"
            assert found.keys() - expected.keys() <= linked, f"stopped before step {stop_at}"
            assert is_fresh(stocked)
            stop_at += 1
        else:
            break
    assert stop_at > 3


def _label(record: CondaRecord) -> str:
    return f"{record.name} {record.version}"


def test_a_repair_that_was_killed_goes_on(stocked: World) -> None:
    stocked.install(START)
    expected = stocked.content()
    engines, stop_at = stocked.engines, 0
    while True:
        for path in ("bin/tool", f"{SITE}/app/__init__.py", f"{SITE}/lib.py"):
            (stocked.prefix / path).write_text("edited")
        engines.steps, engines.stop_at = 0, stop_at
        try:
            stocked.install(START, repair=True)
        except Stopped:
            engines.stop_at = None
            if not is_complete(stocked):
                stocked.install(START)
            assert stocked.content() == expected or stop_at == 0, f"stopped before step {stop_at}"
            stop_at += 1
        else:
            break
    assert stop_at > 3
    assert stocked.content() == expected
    assert is_fresh(stocked)


def test_a_conda_package_that_is_not_whole_counts_as_missing(stocked: World) -> None:
    stocked.install(START)
    (stocked.prefix / "bin/tool").write_text("edited")
    with stocked.transaction(START) as doing:
        assert doing.missing_conda() == []
    with stocked.transaction(START, InstallOptions(repair=True)) as doing:
        assert [record.name for record in doing.missing_conda()] == ["tool"]


def test_nothing_is_fresh_while_an_install_is_under_way(stocked: World) -> None:
    stocked.install(START)
    with stocked.transaction(MOVES["another wheel"][1]) as doing:
        doing.link_conda()
        assert is_fresh(stocked)  # so far nothing was changed
        doing.install_wheels(doing.missing_wheels())
        assert not is_fresh(stocked)
    assert not is_fresh(stocked)


def test_a_second_install_touches_nothing(stocked: World) -> None:
    stocked.install(START)
    stocked.engines.calls.clear()
    assert not stocked.install(START)
    assert stocked.engines.calls == []


def test_only_what_changed_is_installed(stocked: World) -> None:
    stocked.install(START)
    stocked.engines.calls.clear()
    stocked.install(MOVES["another wheel"][1])
    assert stocked.engines.calls == ["install app"]


def test_a_failed_download_leaves_the_old_version(stocked: World, monkeypatch: pytest.MonkeyPatch) -> None:
    stocked.install(START)

    def fail(*args: object, **kwargs: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(placing, "install_packages", fail)
    with pytest.raises(ConnectionError):
        stocked.install(MOVES["another wheel"][1])
    assert (stocked.prefix / SITE / "app/__init__.py").read_text() == "1.0"


def test_a_rebuilt_wheel_of_the_same_version_replaces_the_old_one(stocked: World) -> None:
    stocked.install(BUILT, ext="0")
    stocked.engines.wheels["ext 1.0"] = {"ext.so": "built against another torch"}
    stocked.engines.calls.clear()
    assert stocked.install(BUILT, ext="1")
    assert stocked.engines.calls == ["uninstall ext", "install ext"]
    assert (stocked.prefix / SITE / "ext.so").read_text() == "built against another torch"
    assert not stocked.install(BUILT, ext="1")


def test_wheels_built_before_a_failure_are_kept(stocked: World) -> None:
    # The transaction ends without a commit, as after an error.
    with stocked.transaction(BUILT) as doing:
        doing.link_conda()
        doing.install_wheels(doing.missing_wheels())
        sdist = BUILT.resolution.packages[1]
        doing.install_built(sdist, stocked.wheel(sdist, "0"))
    stocked.engines.calls.clear()
    stocked.install(BUILT, ext="0")
    assert stocked.engines.calls == []
    assert is_fresh(stocked)


def test_what_pip_installed_by_hand_stays_unless_the_lock_wants_it(stocked: World) -> None:
    stocked.install(START)
    site = stocked.prefix / SITE
    shutil.copytree(site / "lib-1.0.dist-info", site / "mine-1.0.dist-info")
    for name in ("mine", "lib"):
        (site / f"{name}-1.0.dist-info/INSTALLER").write_text("pip")
    assert not is_fresh(stocked)
    stocked.engines.calls.clear()
    assert stocked.install(START)
    assert stocked.engines.calls == ["uninstall lib", "install lib"]
    assert (site / "mine-1.0.dist-info").is_dir()


@pytest.mark.parametrize(
    ("harm", "cure"),
    [
        (f"{SITE}/app", ["uninstall app", "install app"]),
        (f"{SITE}/app-1.0.dist-info", ["install app"]),
        (f"{SITE}/app-1.0.dist-info/RECORD", ["install app"]),
        ("bin/tool", ["link tool"]),
        ("conda-meta/tool-1.0-h0_0.json", ["link"]),
    ],
)
def test_what_was_deleted_by_hand_comes_back(stocked: World, harm: str, cure: list[str]) -> None:
    stocked.install(START)
    expected = stocked.content()
    place = stocked.prefix / harm
    shutil.rmtree(place) if place.is_dir() else place.unlink()
    if harm == "bin/tool":
        # A single file of a package is not watched; whatever else makes the install look closely finds it.
        (stocked.prefix / SITE / "new.pth").write_text("")
    stocked.engines.calls.clear()
    assert not is_fresh(stocked)
    stocked.install(START)
    assert stocked.engines.calls == cure
    (stocked.prefix / SITE / "new.pth").unlink(missing_ok=True)
    assert stocked.content() == expected


def test_a_damaged_state_is_no_obstacle(stocked: World) -> None:
    stocked.install(START)
    expected = stocked.content()
    for text in ("", "{", "[]", '{"schema": 1}', '{"schema": 1, "complete": true, "pypi": {"app": 1}}'):
        (stocked.prefix / "conda-meta/interlock").write_text(text)
        assert not is_fresh(stocked)
        stocked.install(START)
        assert stocked.content() == expected
        assert is_fresh(stocked)


def test_an_environment_that_was_moved_is_made_again(stocked: World) -> None:
    stocked.install(START)
    moved = copy.copy(stocked)
    moved.prefix = stocked.prefix.with_name("other")
    shutil.copytree(stocked.prefix, moved.prefix)
    assert not is_fresh(moved)
    moved.engines.calls.clear()
    assert moved.install(START)
    assert moved.engines.calls == ["link", "install app lib"]
    assert moved.findings == ["IL618"]
    assert is_fresh(moved)
    assert is_fresh(stocked)


def test_a_manifest_that_is_edited_during_an_install_is_read_by_the_next(stocked: World) -> None:
    manifest = stocked.root / "pyproject.toml"
    stocked.engines.on_install = lambda: manifest.write_text("[project]\n# edited\n")
    stocked.install(START)
    stocked.engines.on_install = None
    assert not is_fresh(stocked)
    stocked.install(START)
    assert is_fresh(stocked)


def test_a_frozen_install_is_fresh_only_for_a_frozen_one(stocked: World) -> None:
    with stocked.transaction(locked()) as doing:
        doing.link_conda()
        doing.commit(inputs={}, report={}, frozen=True)
    assert fresh_state(str(stocked.prefix), version=__version__) is None
    assert fresh_state(str(stocked.prefix), version=__version__, frozen=True) is not None


def test_a_package_that_conda_supplies_is_never_installed_over(stocked: World) -> None:
    both = locked(
        package("num", "1.0"),
        conda=[record("num", "1.0")],
        provided=[ProvidedDistribution(name="num", version="1.0", record="num 1.0 h0_0")],
    )
    with pytest.raises(InterlockError) as caught:
        stocked.install(both)
    assert caught.value.findings[0].code == "IL615"
    assert (stocked.prefix / SITE / "num/__init__.py").read_text() == "from conda"


def test_a_package_that_conda_holds_without_saying_so_is_never_installed_over(stocked: World) -> None:
    """Whatever else is in both: here no file of the one is in the other."""
    info = f"{SITE}/lib-1.0.dist-info"
    held = {f"{SITE}/other.py": "from conda", f"{info}/METADATA": "", f"{info}/RECORD": "other.py,,\n"}
    stocked.engines.conda["hidden 1.0"] = held
    with pytest.raises(InterlockError) as caught:
        stocked.install(locked(package("lib", "1.0"), conda=[record("hidden", "1.0")]))
    (finding,) = caught.value.findings
    assert finding.code == "IL615"
    assert finding.what == "installing lib 1.0 from PyPI would replace lib 1.0 from the conda package hidden"
    assert '{ mapping = { hidden = "lib" } }' in finding.fix
    assert not (stocked.prefix / SITE / "lib.py").exists()
    assert load_state(stocked.prefix).complete is False


def test_a_conda_package_that_comes_later_does_not_hide_one_from_pypi(stocked: World) -> None:
    stocked.install(locked(package("lib", "1.0")))
    stocked.engines.conda["hidden 1.0"] = {f"{SITE}/lib-0.5.dist-info/METADATA": "", f"{SITE}/other.py": ""}
    both = locked(package("lib", "1.0"), conda=[record("hidden", "1.0")])
    for _ in range(2):
        with pytest.raises(InterlockError) as caught:
            stocked.install(both)
        assert caught.value.findings[0].code == "IL615"
    stocked.install(locked(package("lib", "1.0")))
    assert (stocked.prefix / SITE / "lib.py").read_text() == "1.0"


def test_packages_without_a_python_are_refused(stocked: World) -> None:
    with pytest.raises(InterlockError) as caught:
        stocked.install(locked(package("app", "1.0"), python=None))
    assert caught.value.findings[0].code == "IL614"


def test_a_package_that_vanished_is_not_declared_complete(stocked: World) -> None:
    with stocked.transaction(START) as doing:
        doing.link_conda()
        doing.install_wheels(doing.missing_wheels())
        shutil.rmtree(stocked.prefix / SITE / "lib-1.0.dist-info")
        with pytest.raises(InterlockError) as caught:
            doing.commit(inputs={}, report={})
    assert caught.value.findings[0].code == "IL620"
    state = load_state(stocked.prefix)
    assert state is not None
    assert not state.complete


# -- clashes ---------------------------------------------------------------------------------------------------------


def clash(world: World, wanted: LockedEnvironment, **built: str) -> InterlockError:
    with pytest.raises(InterlockError) as caught:
        world.install(wanted, **built)
    assert {finding.code for finding in caught.value.findings} == {"IL612"}
    return caught.value


def test_a_wheel_that_covers_a_conda_file_is_taken_out_again(stocked: World) -> None:
    stocked.engines.wheels["evil 1.0"] = {"num/__init__.py": "from evil", "evil.py": ""}
    stocked.install(NUM_BY_CONDA)
    wanted = locked(
        package("evil", "1.0"),
        package("lib", "1.0"),
        conda=NUM_BY_CONDA.conda.records[1:],
        provided=NUM_BY_CONDA.resolution.provided,
    )
    error = clash(stocked, wanted)
    assert "evil 1.0 and the conda package num" in str(error)
    assert error.findings[0].details == (f"{SITE}/num/__init__.py",)
    assert (stocked.prefix / SITE / "num/__init__.py").read_text() == "from conda"
    assert not (stocked.prefix / SITE / "evil.py").exists()
    assert (stocked.prefix / SITE / "lib.py").exists()
    stocked.install(NUM_BY_CONDA)
    assert is_fresh(stocked)


def test_a_wheel_that_covers_another_is_taken_out_and_the_other_restored(stocked: World) -> None:
    stocked.engines.wheels["evil 1.0"] = {"app/__init__.py": "from evil"}
    stocked.install(START)
    error = clash(stocked, locked(*START.resolution.packages, package("evil", "1.0"), conda=[record("tool", "1.0")]))
    assert "evil 1.0 and app 1.0" in str(error)
    assert (stocked.prefix / SITE / "app/__init__.py").read_text() == "1.0"
    assert not (stocked.prefix / SITE / "evil-1.0.dist-info").exists()
    stocked.engines.calls.clear()
    stocked.install(START)
    assert stocked.engines.calls == []


def test_a_built_wheel_is_compared_before_anything_is_changed(stocked: World) -> None:
    stocked.install(locked(package("app", "1.0")))
    stocked.engines.wheels["ext 1.0"] = {"app/__init__.py": "from ext"}
    stocked.engines.calls.clear()
    clash(stocked, BUILT, ext="0")
    assert stocked.engines.calls == []


EVIL = package("evil", "1.0")
WITH_EVIL = locked(*START.resolution.packages, EVIL, conda=[record("tool", "1.0")])
TOOL = "bin/tool"


@pytest.mark.parametrize(
    ("site", "elsewhere", "owner"),
    [
        ({"app/__init__.py": "from evil"}, {}, "app 1.0"),
        ({}, {TOOL: "entry-point=evil:main"}, "the conda package tool"),
        ({}, {"conda-meta/interlock": "sha256=x"}, "the records of the environment"),
        ({"LIB.py": "1.0, in capitals"}, {}, "lib 1.0"),
    ],
)
def test_a_wheel_that_was_seen_before_is_compared_before_anything_is_changed(
    stocked: World, monkeypatch: pytest.MonkeyPatch, site: dict[str, str], elsewhere: dict[str, str], owner: str
) -> None:
    monkeypatch.setattr(guard, "ignores_case", lambda folder: True)
    stocked.install(START)
    before, state = stocked.content(), load_state(stocked.prefix)
    stocked.engines.calls.clear()
    remember(EVIL, site, elsewhere)
    with stocked.transaction(WITH_EVIL) as doing, pytest.raises(InterlockError) as caught:
        doing.check_ahead(doing.missing_conda(), doing.missing_wheels(), {})
    (finding,) = caught.value.findings
    assert (finding.code, finding.details) == ("IL612", (*(f"{SITE}/{path}" for path in site), *elsewhere))
    assert finding.what.startswith(f"evil 1.0 and {owner} both contain")
    # Whoever does not ask ahead is told before uv begins.
    clash(stocked, WITH_EVIL)
    assert stocked.engines.calls == []
    assert (stocked.content(), load_state(stocked.prefix)) == (before, state)


@pytest.mark.parametrize(("entry", "clashing"), [("one:main", False), ("two:main", True)])
def test_commands_of_one_name(stocked: World, entry: str, clashing: bool) -> None:
    """What an installer makes of an entry point depends on the interpreter, so that these are compared."""
    script = {"../../../bin/run": "made for this interpreter"}
    text = "[console_scripts]\nrun = one:main\n"
    stocked.engines.wheels["one 1"] = {**script, "one-1.dist-info/entry_points.txt": text}
    stocked.engines.wheels["two 1"] = script
    one, two = package("one", "1"), package("two", "1")
    remember(two, {}, {"bin/run": f"entry-point={entry}"})
    stocked.install(locked(one))
    if clashing:
        clash(stocked, locked(one, two))
    else:
        assert stocked.install(locked(one, two))


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_a_file_that_moves_to_another_package(stocked: World, kind: str) -> None:
    """The old version goes first where the new one is installed later: when it was built, or checked."""
    stocked.engines.wheels |= {
        "whole 1.0": {"core.py": "1.0", "whole.py": "1.0"},
        "whole 2.0": {"whole.py": "2.0"},
        "core 2.0": {"core.py": "2.0"},
    }
    core, built = package("core", "2.0"), {"whole": "2"} if kind == "sdist" else {}
    remember(core, {"core.py": "2.0"})
    stocked.install(locked(package("whole", "1.0", kind=kind)), **dict.fromkeys(built, "1"))
    new = package("whole", "2.0", kind=kind)
    if kind == "wheel":
        with stocked.transaction(locked(core, new)) as doing:
            doing.link_conda()
            doing.install_wheels([core])
            assert not list(stocked.prefix.rglob("whole.py"))
    stocked.install(locked(core, new), **built)
    content = stocked.content()
    assert (content[f"{SITE}/core.py"], content[f"{SITE}/whole.py"]) == ("2.0", "2.0")


@pytest.mark.parametrize(("script", "clashing"), [("1.0", False), ("other", True)])
def test_scripts_that_name_the_interpreter_are_compared_once_they_are_there(
    stocked: World, unpacked: Path, script: str, clashing: bool
) -> None:
    """A conda package may have been made with uv, from the same wheel."""
    tool, command = record("tool", "1.0"), package("command", "1.0")
    stocked.engines.wheels["command 1.0"] = {"../../../bin/tool": script}
    remember(command, {}, {"bin/tool": "entry-point=command:main"})
    both = locked(command, conda=[tool])
    conda_unpacked(unpacked, tool, "bin/tool", placeholder="/opt/placeholder")
    stocked.install(locked(command))
    with stocked.transaction(both) as doing:
        doing.check_ahead(doing.missing_conda(), doing.missing_wheels(), {})
    stocked.install(locked(conda=[tool]))
    (meta,) = stocked.prefix.glob("conda-meta/tool-*.json")
    linked = json.loads(meta.read_text())
    linked["paths_data"]["paths"][0]["prefix_placeholder"] = "/opt/placeholder"
    meta.write_text(json.dumps(linked))
    with stocked.transaction(both) as doing:
        doing.check_ahead([], doing.missing_wheels(), {})
    if clashing:
        clash(stocked, both)
        assert (stocked.prefix / "bin/tool").read_text() == "1.0"
    else:
        assert stocked.install(both)


def test_what_comes_is_not_compared_with_what_goes(stocked: World, unpacked: Path) -> None:
    """Of conda and of PyPI: what is removed, replaced, or built again owns nothing by then."""
    stocked.engines.wheels["app 3.0"] = {"app/new.py": "3.0"}
    ext = package("ext", "1.0", kind="sdist")
    stocked.install(locked(package("app", "2.0"), package("lib", "1.0"), ext, conda=[record("tool", "1.0")]), ext="0")
    site = {"app/__init__.py": "from evil", "lib.py": "from evil", "ext.so": "from evil"}
    remember(EVIL, site, {TOOL: "entry-point=evil:main"})
    remember(package("app", "3.0"), {"app/new.py": "3.0"})
    conda_unpacked(unpacked, record("tool", "2.0"), "share/tool")
    wanted = locked(package("app", "3.0"), EVIL, ext, conda=[record("tool", "2.0")])
    with stocked.transaction(wanted) as doing:
        doing.check_ahead(doing.missing_conda(), doing.missing_wheels(), {})


@pytest.mark.parametrize("comes", ["evil", "tool"])
def test_conda_packages_that_are_to_come_are_compared_too(stocked: World, unpacked: Path, comes: str) -> None:
    stocked.engines.wheels["evil 1.0"] = {"../../../share/tool": "from evil"}
    before = locked() if comes == "evil" else locked(EVIL)
    stocked.install(before)
    remember(EVIL, {}, {"share/tool": "sha256=evil"})
    conda_unpacked(unpacked, record("tool", "2.0"), "share/tool")
    stocked.engines.calls.clear()
    with stocked.transaction(locked(EVIL, conda=[record("tool", "2.0")])) as doing:
        with pytest.raises(InterlockError) as caught:
            doing.check_ahead(doing.missing_conda(), doing.missing_wheels(), {})
        assert not doing.changed
    (finding,) = caught.value.findings
    assert finding.what.startswith("evil 1.0 and the conda package tool both contain")
    assert "conda's files are never overwritten" in finding.why


@pytest.fixture
def unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where rattler keeps what it has unpacked."""
    monkeypatch.setenv("RATTLER_CACHE_DIR", str(tmp_path / "rattler"))
    return tmp_path / "rattler/pkgs"


def conda_unpacked(cache: Path, record: CondaRecord, *paths: str, placeholder: str | None = None) -> None:
    info = cache / f"{record.name}-{record.version}-{record.build}/info"
    info.mkdir(parents=True)
    made_for = {"prefix_placeholder": placeholder}
    entries = [{"_path": path, "sha256": hashlib.sha256(path.encode()).hexdigest(), **made_for} for path in paths]
    (info / "paths.json").write_text(json.dumps({"paths": entries}))


def test_files_that_are_there_and_that_come_are_looked_up_once(stocked: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """By whoever compares them first: both are many, and an update asks for them three times."""
    stocked.install(locked(package("app", "1.0"), ONE, conda=[record("tool", "1.0")]))
    remember(package("app", "2.0"), {"app/__init__.py": "2.0"})
    (stocked.prefix / "bin/tool").unlink()
    (stocked.prefix / "conda-meta/other.json").touch()
    asked: list[str] = []
    for module, name in ((guard, "expected_claim"), (transaction, "incomplete_records")):
        look = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *args, look=look, name=name: asked.append(name) or look(*args))
    wanted = locked(package("app", "2.0"), package("one", "2.0"), conda=[record("tool", "1.0")])
    with stocked.transaction(wanted) as doing:
        unlinked, (app, _) = doing.missing_conda(), doing.missing_wheels()
        assert [each.name for each in unlinked] == ["tool"]
        doing.check_ahead(unlinked, [app], {})
        doing.link_conda()
        # Another version of `one` comes with a later step, so that it is asked whether that is in the way.
        doing.install_wheels([app])
    assert (stocked.prefix / "bin/tool").read_text() == "1.0"
    assert asked == ["incomplete_records", "expected_claim"]


def test_only_a_whole_environment_is_renewed(stocked: World) -> None:
    with stocked.transaction(START) as doing:
        assert not doing.renews
        doing.link_conda()
    with stocked.transaction(START) as doing:
        assert not doing.renews
    stocked.install(START)
    with stocked.transaction(START) as doing:
        assert doing.renews


def test_stray_files_only_give_a_warning(stocked: World) -> None:
    stocked.engines.wheels |= {
        "one 1": {"tests/a.py": "1", "LICENSE": "1"},
        "two 1": {"tests/a.py": "2", "LICENSE": "2"},
    }
    stocked.install(locked(package("one", "1"), package("two", "1")))
    assert stocked.findings == ["IL613"]


def test_a_wheel_that_removes_a_conda_distribution_is_taken_out_again(stocked: World) -> None:
    stocked.install(NUM_BY_CONDA)
    info = stocked.prefix / SITE / "num-1.0.dist-info"
    stocked.engines.on_install = lambda: shutil.rmtree(info, ignore_errors=True)
    with pytest.raises(InterlockError) as caught:
        stocked.install(
            locked(
                package("lib", "1.0"),
                conda=NUM_BY_CONDA.conda.records[1:],
                provided=NUM_BY_CONDA.resolution.provided,
            )
        )
    assert caught.value.findings[0].code == "IL619"
    assert (info / "INSTALLER").read_text() == "conda"
    assert not (stocked.prefix / SITE / "lib.py").exists()


def test_the_lock_of_the_prefix_is_released_when_entering_fails(stocked: World) -> None:
    stocked.prefix.mkdir(parents=True)
    (stocked.prefix / "thesis.txt").write_text("the only copy")
    with pytest.raises(InterlockError) as caught:
        stocked.install(START)
    assert caught.value.findings[0].code == "IL610"
    (stocked.prefix / "thesis.txt").unlink()
    assert stocked.install(START)
