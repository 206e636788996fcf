from __future__ import annotations

import hashlib
import posixpath
import shutil
from collections.abc import Mapping, Sequence
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from packaging.utils import canonicalize_name

from crash.invariants import faults_of
from interlock.engines.damage import Damage
from interlock.engines.ownership import Claim, conda_claim
from interlock.engines.python.distributions import record_digest, site_distributions
from interlock.install.guard import Guard
from interlock.install.shared import kept_files
from interlock_hooks.types import InterlockError, LockedEnvironment
from kit.engines import World, locked, package, record

SITE = "lib/python3.12/site-packages"
NAMESPACE = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n"


def claim(name: str, **texts: str) -> Claim:
    files = {path: record_digest(hashlib.sha256(text.encode()).digest()) for path, text in texts.items()}
    return Claim(canonicalize_name(name), f"{name} 1", files)


def remove(prefix: Path, leaving: Claim, *staying: Claim) -> list[str]:
    """Remove the files of a package as the engines do; the packages that are incomplete afterwards."""
    with kept_files(prefix, [leaving], staying) as incomplete:
        for path in leaving.files:
            (prefix / path).unlink(missing_ok=True)
        (prefix / "empty").rmdir()
    return [each.label for each in incomplete]


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    (tmp_path / "empty").mkdir()
    (tmp_path / "bin").mkdir()
    (tmp_path / f"{SITE}/ns").mkdir(parents=True)
    return tmp_path


def test_a_shared_file_is_put_back_as_it_was(prefix: Path) -> None:
    (prefix / "bin/tool").write_text("text")
    (prefix / "bin/tool").chmod(0o750)
    assert remove(prefix, claim("a", **{"bin/tool": "text"}), claim("b", **{"bin/tool": "text"})) == []
    assert (prefix / "bin/tool").read_text() == "text"
    assert (prefix / "bin/tool").stat().st_mode & 0o777 == 0o750


def test_a_shared_link_stays_a_link(prefix: Path) -> None:
    (prefix / "bin/real").write_text("text")
    (prefix / "bin/tool").symlink_to("real")
    remove(prefix, claim("a", **{"bin/tool": "text"}), claim("b", **{"bin/tool": "text"}))
    assert (prefix / "bin/tool").readlink() == Path("real")


def test_a_file_that_is_not_of_the_owner_goes_and_the_owner_is_named(prefix: Path) -> None:
    (prefix / "bin/tool").write_text("of a")
    conda = conda_claim("c", {"bin/tool": hashlib.sha256(b"of c").hexdigest()})
    assert remove(prefix, claim("a", **{"bin/tool": "of a"}), claim("b", **{"bin/tool": "of b"}), conda) == [
        "b 1",
        "the conda package c",
    ]
    assert not (prefix / "bin/tool").exists()


def test_one_way_to_share_a_package_does_for_another(prefix: Path) -> None:
    path = f"{SITE}/ns/__init__.py"
    (prefix / path).write_text(NAMESPACE)
    assert remove(prefix, claim("a", **{path: NAMESPACE}), claim("b", **{path: ""})) == []
    assert (prefix / path).read_text() == NAMESPACE


def test_a_stray_file_goes_with_the_package_whose_it_is(prefix: Path) -> None:
    path = f"{SITE}/LICENSE"
    (prefix / path).write_text("of a")
    assert remove(prefix, claim("a", **{path: "of a"}), claim("b", **{path: "of b"})) == ["b 1"]
    assert not (prefix / path).exists()


def test_what_was_gone_before_is_named(prefix: Path) -> None:
    assert remove(
        prefix, claim("a", **{"bin/tool": "text"}), claim("b", **{"bin/tool": "text"}), claim("c", other="")
    ) == ["b 1"]


def test_a_failure_leaves_the_file(prefix: Path) -> None:
    (prefix / "bin/tool").write_text("text")
    (prefix / "empty").rmdir()  # so that removing it fails
    with pytest.raises(FileNotFoundError):
        remove(prefix, claim("a", **{"bin/tool": "text"}), claim("b", **{"bin/tool": "text"}))
    assert (prefix / "bin/tool").read_text() == "text"


# -- whole installs --------------------------------------------------------------------------------------------------

NAMES = ("red", "green", "blue", "built")
PATHS = ("ns/__init__.py", "ns/common.py", "../../../bin/tool", "../../../share/x/data")


def _files(names: Sequence[str]) -> st.SearchStrategy[dict[str, list[str]]]:
    each = st.lists(st.sampled_from(PATHS), unique=True, min_size=1)
    return st.fixed_dictionaries({f"{name} {version}": each for name in names for version in ("1.0", "2.0")})


def _choice(names: Sequence[str]) -> st.SearchStrategy[dict[str, str]]:
    """Which packages an environment has, in which version."""
    return st.dictionaries(st.sampled_from(names), st.sampled_from(["1.0", "2.0"]))


def _locked(pypi: Mapping[str, str], conda: Mapping[str, str]) -> LockedEnvironment:
    packages = [package(name, pypi[name], kind="sdist" if name == "built" else "wheel") for name in sorted(pypi)]
    return locked(*packages, conda=[record(name, conda[name]) for name in sorted(conda)])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    wheels=_files(NAMES),
    conda=_files(["sky"]),
    states=st.lists(st.tuples(_choice(NAMES), _choice(["sky"])), min_size=2, max_size=4),
)
def test_whatever_shares_files_comes_and_goes_the_result_is_that_of_a_first_install(
    world: World,
    wheels: dict[str, list[str]],
    conda: dict[str, list[str]],
    states: list[tuple[dict[str, str], dict[str, str]]],
) -> None:
    for label, paths in wheels.items():
        world.engines.wheels[label] = {**dict.fromkeys(paths, ""), f"{label.split()[0]}.py": label}
    for label, paths in conda.items():
        world.engines.conda[label] = {
            str(Path(f"{SITE}/{path}").resolve().relative_to(Path.cwd())): "" for path in paths
        }
    shutil.rmtree(world.prefix, ignore_errors=True)
    for state in states:
        world.install(_locked(*state))
    found = world.content()
    shutil.rmtree(world.prefix)
    world.install(_locked(*states[-1]))
    assert found == world.content()


OWNERS = ("red", "green", "sky")
# What two packages may both have: the same, one of the ways to say that a package is shared, or a stray file.
SHARED = {
    "ns/common.py": ("same",),
    "../../../bin/tool": ("same",),
    "ns/__init__.py": ("", NAMESPACE),
    "LICENSE": ("MIT", "BSD"),
}

SAME = {"ns/common.py": "same", "../../../bin/tool": "same"}


def _shared_files() -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({}, optional={path: st.sampled_from(texts) for path, texts in SHARED.items()})


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shared=st.fixed_dictionaries({name: _shared_files() for name in OWNERS}), first=st.permutations(OWNERS))
@example(
    shared={"red": {"LICENSE": "MIT", **SAME}, "green": {"LICENSE": "BSD", **SAME}, "sky": SAME},
    first=["red", "green", "sky"],
)
def test_three_owners_may_go_in_any_order(world: World, shared: dict[str, dict[str, str]], first: list[str]) -> None:
    for name in OWNERS:
        files = {path: text for path, text in shared[name].items() if name != "sky" or path != "LICENSE"}
        world.engines.wheels[f"{name} 1.0"] = {**files, f"{name}.py": name}
        placed = {posixpath.normpath(f"{SITE}/{path}"): text for path, text in files.items()}
        world.engines.conda[f"{name} 1.0"] = {**placed, f"share/{name}": name}
    for order in permutations(OWNERS):
        shutil.rmtree(world.prefix, ignore_errors=True)
        for present in (*(first[:count] for count in (1, 2, 3)), *(order[count:] for count in (1, 2, 3))):
            pypi, conda = (
                {name: "1.0" for name in present if (name == "sky") is of_conda} for of_conda in (False, True)
            )
            world.install(_locked(pypi, conda))
            assert [each for each in faults_of(world.prefix) if "other content" not in each] == []
            assert _damage(world.prefix) == []
        world.events.clear()
        world.engines.calls.clear()


def _damage(prefix: Path) -> list[Damage]:
    """What `env doctor` says of the files."""
    found = list(site_distributions(prefix / SITE).values())
    return Guard(prefix, SITE).damage(found, emit=lambda _: None)


def test_conda_never_covers_files_of_a_wheel(world: World) -> None:
    world.engines.wheels["app 1.0"] = {"app.py": "of the wheel"}
    world.engines.conda["tool 1.0"] = {f"{SITE}/app.py": "of conda"}
    world.install(locked(package("app", "1.0")))
    both = locked(package("app", "1.0"), conda=[record("tool", "1.0")])
    for _ in range(2):
        with pytest.raises(InterlockError) as caught:
            world.install(both)
        assert [finding.code for finding in caught.value.findings] == ["IL612"]
    world.install(locked(package("app", "1.0")))
    assert (world.prefix / SITE / "app.py").read_text() == "of the wheel"


def test_both_owners_of_a_file_come_back_when_a_third_covered_it(world: World) -> None:
    world.engines.wheels |= {
        "one 1": {"ns.py": "", "one.py": ""},
        "two 1": {"ns.py": "", "two.py": ""},
        "evil 1": {"ns.py": "evil"},
    }
    two = (package("one", "1"), package("two", "1"))
    world.install(locked(*two))
    with pytest.raises(InterlockError) as caught:
        world.install(locked(*two, package("evil", "1")))
    assert [finding.code for finding in caught.value.findings] == ["IL612", "IL612"]
    world.engines.calls.clear()
    world.install(locked(*two))
    assert world.engines.calls == []
    assert (world.prefix / SITE / "ns.py").read_text() == ""


def test_what_a_killed_install_covered_comes_back(world: World) -> None:
    world.engines.wheels |= {"app 1": {"app.py": "app"}, "evil 1": {"app.py": "evil"}}
    world.engines.conda["tool 1.0"] = {"bin/tool": "bin/tool"}
    world.engines.wheels["worse 1"] = {"../../../bin/tool": "worse"}
    good = locked(package("app", "1"), conda=[record("tool", "1.0")])
    world.install(good)
    expected = world.content()
    packages = (package("app", "1"), package("evil", "1"), package("worse", "1"))

    def killed() -> None:
        raise KeyboardInterrupt

    world.engines.on_install = killed
    with pytest.raises(KeyboardInterrupt):
        world.install(locked(*packages, conda=good.conda.records[1:]))
    world.engines.on_install = None
    assert world.content() != expected
    world.install(good)
    assert world.content() == expected


def test_conda_packages_that_name_another_installer_are_left_to_conda(world: World) -> None:
    info = f"{SITE}/num-1.0.dist-info"
    world.engines.conda["num 1.0"] = {
        f"{SITE}/num.py": "",
        f"{info}/METADATA": "",
        f"{info}/INSTALLER": "uv",
        f"{info}/RECORD": "num.py,,\n",
    }
    world.install(locked(conda=[record("num", "1.0")]))
    world.engines.calls.clear()
    world.install(locked(conda=[record("num", "1.0")]))
    assert world.engines.calls == []
    assert (world.prefix / SITE / "num.py").exists()
