"""Every failure a user can cause: a finding with a code, a place and a way out."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from interlock_hooks.testing.index import Index as Distributions
from interlock_hooks.types import Finding, Index, InterlockError, Metadata, PyPIOptions, PythonTarget, Requirement
from unit.resolve.asking import Asker, requirement


def refused(ask: Asker, *requirements: str | Requirement, **options: object) -> Finding:
    with pytest.raises(InterlockError) as caught:
        ask(*requirements, **options)  # type: ignore[arg-type]
    return caught.value.findings[0]


def test_no_solution_against_a_pin_names_the_conda_package(packages: Distributions, ask: Asker) -> None:
    packages.wheel("needsnp", "2.0", requires=["numpy>=2.3"])
    finding = refused(ask, "needsnp", conda=("numpy 2.1.3", "numpy-base 1.0"))
    assert finding.code == "IL310"
    assert finding.exit_code == 1
    assert finding.where is not None
    assert finding.where.key == "needsnp"
    assert "numpy 2.1.3 is provided by the conda package numpy" in finding.details
    assert not any("numpy-base" in line for line in finding.details)
    assert "allow another version of numpy in the conda dependencies" in finding.fix


def test_no_solution_among_pypi_packages(packages: Distributions, ask: Asker) -> None:
    packages.wheel("leaf", "1.0")
    packages.wheel("app", "1.0", requires=["leaf>=2"])
    finding = refused(ask, "app")
    assert finding.code == "IL310"
    assert "leaf" in finding.why
    shown = "\n".join([finding.what, finding.why, *finding.details])
    assert "you require app" in shown
    assert "interlock-resolution" not in shown
    assert "DEBUG" not in shown


def test_a_version_that_a_tree_really_has_is_not_overridden(
    tmp_path: Path, packages: Distributions, ask: Asker
) -> None:
    from interlock_hooks.testing.sdists import Source

    tree = Source(name="tree", version="1.0").write_tree(tmp_path / "tree")
    packages.wheel("app", "1.0", requires=["tree>=2"])
    assert refused(ask, "app", f"tree @ {tree.as_uri()}").code == "IL310"


def test_an_unknown_name(ask: Asker) -> None:
    finding = refused(ask, "nonsuch")
    assert finding.code == "IL310"
    assert finding.where is not None
    assert finding.where.line == 7


@pytest.mark.parametrize("text", ["numpy = 2", "==1", "numpy>=x y"])
def test_bad_requirements(ask: Asker, text: str) -> None:
    bad = Requirement(name=canonicalize_name("numpy"), text=text)
    finding = refused(ask, bad)
    assert finding.code == "IL301"
    assert repr(text) in finding.what
    assert refused(ask, "leaf", constraints=(text,)).code == "IL301"
    assert refused(ask, "leaf", overrides=(text,)).code == "IL301"
    declared = Metadata(name=canonicalize_name("leaf"), requires_dist=(text,))
    assert refused(ask, "leaf", metadata=(declared,)).code == "IL301"


def test_an_index_that_is_not_declared(ask: Asker) -> None:
    finding = refused(ask, requirement("torch", index="pytorch"))
    assert finding.code == "IL302"
    assert "pytorch" in finding.what
    assert "local" in finding.why


def test_an_index_that_does_not_answer(ask: Asker) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/simple/"
        finding = refused(ask, "leaf", options=PyPIOptions(indexes=(Index(url=url, default=True),)))
    assert finding.code == "IL303"
    assert url in finding.what


def test_places_that_do_not_exist(ask: Asker) -> None:
    index = Index(url="file:///no/such/index", default=True)
    assert refused(ask, "leaf", options=PyPIOptions(indexes=(index,))).code == "IL303"
    finding = refused(ask, "leaf", options=PyPIOptions(indexes=(ask.index,), find_links=("wheels",)))
    assert finding.code == "IL304"
    assert str(ask.root / "wheels") in finding.why
    finding = refused(ask, "leaf @ file:///no/such/leaf")
    assert finding.code == "IL305"
    assert finding.where is not None


def test_all_problems_are_told_at_once(ask: Asker) -> None:
    with pytest.raises(InterlockError) as caught:
        ask(requirement("torch", index="x"), "leaf @ file:///none", options=PyPIOptions(find_links=("none",)))
    assert [finding.code for finding in caught.value.findings] == ["IL302", "IL305", "IL304"]


def test_a_url_for_what_conda_provides(tmp_path: Path, ask: Asker) -> None:
    wheel = Distributions(tmp_path / "elsewhere").wheel("numpy", "2.3.0")
    finding = refused(ask, f"numpy @ {wheel.as_uri()}", conda=("numpy 2.1.3",))
    assert finding.code == "IL306"
    assert "numpy" in finding.what
    assert "the conda package numpy supplies numpy 2.1.3" in finding.why
    assert ask(f"numpy @ {wheel.as_uri()} ; sys_platform == 'win32'", conda=("numpy 2.1.3",)).packages == ()


@pytest.mark.parametrize(
    "python",
    [
        PythonTarget(version="3.12.7", platform="linux-s390x"),
        PythonTarget(version="3.10.14", platform="linux-64", implementation="pypy"),
    ],
)
def test_targets_that_cannot_be_resolved_for(ask: Asker, python: PythonTarget) -> None:
    finding = refused(ask, "leaf", python=python)
    assert finding.code == "IL307"
    assert python.platform in finding.what


def test_a_tree_that_is_no_project(tmp_path: Path, ask: Asker) -> None:
    (tmp_path / "empty").mkdir()
    finding = refused(ask, f"leaf @ {(tmp_path / 'empty').as_uri()}")
    assert finding.code == "IL311"
    assert "does not appear to be a Python project" in finding.why
    assert finding.where is not None


def test_a_hash_in_a_url_is_checked(tmp_path: Path, ask: Asker) -> None:
    from interlock.core.files import sha256_of

    wheel = Distributions(tmp_path / "elsewhere").wheel("leaf", "1.0")
    assert ask(f"leaf @ {wheel.as_uri()}#sha256={sha256_of(wheel)}").packages
    finding = refused(ask, f"leaf @ {wheel.as_uri()}#sha256={'0' * 64}")
    assert finding.code == "IL312"
    assert finding.where is not None


def test_a_file_of_an_index_has_one_of_the_hashes(packages: Distributions, ask: Asker) -> None:
    from interlock.core.files import sha256_of

    own = sha256_of(packages.wheel("leaf", "1.0"))
    asked = replace(requirement("leaf==1.0"), hashes=("0" * 64, own))
    assert ask(asked).packages
    finding = refused(ask, replace(asked, hashes=("0" * 64,)))
    assert (finding.code, finding.where) == ("IL312", asked.where)
    assert own in finding.why
    elsewhere = replace(requirement("leaf==1.0 ; sys_platform == 'win32'"), hashes=("0" * 64,))
    assert ask(asked, elsewhere).packages


def test_a_directory_has_no_hash(tmp_path: Path, ask: Asker) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app/pyproject.toml").write_text('[project]\nname = "app"\nversion = "1"\n')
    asked = replace(requirement(f"app @ {(tmp_path / 'app').as_uri()}"), hashes=("0" * 64,))
    finding = refused(ask, asked)
    assert (finding.code, finding.why) == ("IL312", "it comes from a directory")


def test_a_log_that_says_nothing_is_noticed(
    packages: Distributions, ask: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages.wheel("leaf", "1.0")
    packages.wheel("app", "1.0", requires=["leaf"])
    monkeypatch.setattr("interlock.resolve.uv.compile.log_filter", lambda: "off")
    finding = refused(ask, "app")
    assert finding.code == "IL320"
    assert "leaf" in finding.why
