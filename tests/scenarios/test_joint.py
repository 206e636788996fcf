"""conda and PyPI inform each other: what PyPI packages need of what conda supplies changes what conda supplies."""

from __future__ import annotations

import subprocess

import pytest

from interlock_hooks.testing.sdists import Source
from kit.project import PYTHON, Project

pytestmark = pytest.mark.scenario


def conda_locked(project: Project) -> dict[str, str]:
    """The conda packages in the lock, without the interpreter."""
    records = [record for record in project.lock["conda"] if record["name"] != "python"]
    return {record["name"]: record["version"] for record in records}


def supply(project: Project, name: str, *versions: str, depends: tuple[str, ...] = (), **options: str) -> None:
    """Conda packages that are distributions."""
    for version in versions:
        project.channel.add_distribution(name, version, python=PYTHON, depends=depends, **options)


@pytest.fixture
def numeric(project: Project) -> Project:
    """conda has numpy, and scilib on top of it; PyPI has apps that want older ones."""
    supply(project, "numpy", "1.26.4", "2.0.1", "2.3.1")
    supply(project, "typing-extensions", "4.5.0", "4.15.0", conda_name="typing_extensions")
    supply(project, "scilib", "1.0", depends=("numpy", "typing_extensions"))
    return project


def test_one_name_is_lowered_and_the_reason_is_said(numeric: Project) -> None:
    numeric.index.wheel("app", "1.0", requires=["numpy<2.1"])
    numeric.declare("app", conda={"scilib": "*"})
    done = numeric.run("env", "lock").ok()
    assert conda_locked(numeric) == {"numpy": "2.0.1", "scilib": "1.0", "typing_extensions": "4.15.0"}
    assert "conda supplies numpy 2.0.1, not 2.3.1" in done.text
    assert "app 1.0 requires numpy<2.1" in done.text


def test_two_unrelated_names_through_a_chain(numeric: Project) -> None:
    numeric.index.wheel("app", "1.0", requires=["middle"])
    numeric.index.wheel("middle", "1.0", requires=["deep"])
    numeric.index.wheel("deep", "1.0", requires=["numpy~=1.20", "typing-extensions<4.6"])
    numeric.declare("app", conda={"scilib": "*"})
    numeric.install().ok()
    assert conda_locked(numeric) == {"numpy": "1.26.4", "scilib": "1.0", "typing_extensions": "4.5.0"}
    assert numeric.versions()["numpy"] == "1.26.4"


def test_direct_requirements_hold_in_the_first_solve(numeric: Project) -> None:
    """Those of a local directory, too; nothing has to be learned."""
    source = Source(name="ours", version="1.0", requires=["typing-extensions<4.15"])
    source.write_tree(numeric.root / "ours")
    numeric.declare("numpy ~= 2.0.0", "ours @ file:ours", conda={"scilib": "*"})
    done = numeric.make_lock().ok()
    assert conda_locked(numeric) == {"numpy": "2.0.1", "scilib": "1.0", "typing_extensions": "4.5.0"}
    assert done.json["findings"] == []


def test_the_local_part_of_a_conda_version_counts(numeric: Project) -> None:
    """A requirement without one admits all of them, one with it its own only."""
    supply(numeric, "tensors", "2.0", "2.1+cpu", "2.1+cu121", "2.1+cu124", "2.2+cpu")
    numeric.index.wheel("app", "1.0", requires=["tensors==2.1", "tensors!=2.1+cu124"])
    numeric.index.wheel("app", "2.0", requires=["tensors==2.1+cu124", "numpy"])
    numeric.index.wheel("app", "3.0", requires=["tensors>=2.1,!=2.1"])
    for required, locked in (("app==2.0", "2.1+cu124"), ("app==1.0", "2.1+cu121"), ("app", "2.2+cpu")):
        numeric.declare(required, conda={"tensors": "*", "numpy": "*"})
        numeric.lock_file.unlink(missing_ok=True)
        numeric.run("env", "lock").ok()
        assert conda_locked(numeric)["tensors"] == locked
    numeric.declare("app==2.0", "tensors==2.1+cu124", conda={"tensors": "*", "numpy": "*"})
    numeric.install().ok()
    assert numeric.versions()["tensors"] == "2.1+cu124"
    numeric.run("env", "doctor").ok()
    numeric.declare("tensors!=2.1,<2.2", conda={"tensors": ">=2.1"})
    numeric.lock_file.unlink()
    numeric.make_lock().failed(1, "IL230")


def test_a_wheel_by_url_decides_about_the_interpreter(project: Project) -> None:
    for version in ("3.11.9", "3.12.7", "3.13.1"):
        project.channel.add("python", version)
    wheel = project.index.wheel("native", "1.0", tag="cp312-cp312-linux_x86_64")
    project.declare(f"native @ {wheel.as_uri()}", conda={"python": ">=3.12"})
    project.make_lock().ok()
    assert project.target()["version"] == "3.12.7"

    project.lock_file.unlink()
    project.declare(f"native @ {wheel.as_uri()}", conda={"python": "3.13.*"})
    finding = project.make_lock().failed(1, "IL230")
    assert finding["why"] == (
        "the manifest asks for python 3.13.* (conda), but native 1.0 is a wheel for python 3.12 (PyPI)"
    )
    assert finding["edits"][0]["new"] == 'python = "3.12.*"'


def test_a_guess_that_excludes_too_much_is_taken_back(numeric: Project) -> None:
    """The newest app wants an older numpy than a conda package allows; an older app does not mind."""
    supply(numeric, "modern", "1.0", depends=("numpy >=2.0", "typing_extensions"))
    numeric.index.wheel("app", "2.0", requires=["numpy<2", "typing-extensions<4.6"])
    numeric.index.wheel("app", "1.0", requires=["typing-extensions<4.6"])
    numeric.declare("app", conda={"modern": "*"})
    numeric.make_lock().ok()
    assert numeric.locked()["app"] == "1.0"
    assert conda_locked(numeric) == {"modern": "1.0", "numpy": "2.3.1", "typing_extensions": "4.5.0"}


def test_what_is_asked_of_both_exists_once_and_may_move(numeric: Project) -> None:
    numeric.index.wheel("numpy", "1.26.4")
    for _ in range(3):
        numeric.declare("numpy<2", conda={"numpy": "*"})
        numeric.install().ok()
        assert numeric.conda_versions()["numpy"] == "1.26.4"
        assert copies(numeric, "numpy") == 1
        numeric.declare("numpy<2")
        numeric.install().ok()
        assert numeric.locked() == {"numpy": "1.26.4"}
        assert copies(numeric, "numpy") == 1


def copies(project: Project, name: str) -> int:
    """How many metadata directories a distribution has in the environment."""
    return len(list(project.site_packages.glob(f"{name}-*.dist-info")))


def test_pypi_steps_in_only_where_the_manifest_allows(numeric: Project) -> None:
    supply(numeric, "urllib3", "1.26.0")
    numeric.channel.add("policy", "1.0", constrains=["urllib3 <2.5"])
    for version in ("1.26.0", "2.4.0", "2.6.0"):
        numeric.index.wheel("urllib3", version)
    numeric.index.wheel("app", "1.0", requires=["urllib3>=2"])
    conda = {"urllib3": "*", "policy": "*"}
    numeric.declare("app", conda=conda)
    numeric.make_lock().failed(1, "IL230")
    numeric.declare("app", conda=conda, extra='[tool.interlock.solve]\nfrom-pypi = ["urllib3"]\n')
    numeric.make_lock().ok()
    assert numeric.locked() == {"app": "1.0", "urllib3": "2.4.0"}
    assert "urllib3" not in conda_locked(numeric)


def test_what_conda_packages_need_stays_with_conda_and_that_is_said(numeric: Project) -> None:
    supply(numeric, "urllib3", "1.26.0")
    numeric.channel.add("client", "1.0", depends=["urllib3 >=1.26"])
    numeric.index.wheel("urllib3", "2.4.0")
    numeric.declare(
        "urllib3",
        conda={"urllib3": "*", "client": "*"},
        extra='[tool.interlock.solve]\nprefer = "pypi"\nfrom-pypi = ["urllib3"]\n',
    )
    (warning,) = numeric.make_lock().ok().findings
    assert warning["code"] == "IL248"
    assert warning["details"] == ["client 1.0 needs urllib3 >=1.26"]
    assert warning["where"]["line"]
    assert conda_locked(numeric)["urllib3"] == "1.26.0"


ONLY = '[tool.interlock.solve]\nonly-from-pypi = ["urllib3"]\n'


def test_what_conda_packages_need_can_be_left_to_pypi(numeric: Project) -> None:
    for version in ("1.26.0", "2.4.0"):
        supply(numeric, "urllib3", version)
    numeric.channel.add("client", "1.0", depends=["urllib3 >=1.26,<2.6"])
    for version in ("1.26.0", "2.5.0", "2.6.0"):
        numeric.index.wheel("urllib3", version)
    numeric.declare(conda={"client": "*"}, extra=ONLY)
    (note,) = numeric.install().ok().json["findings"]
    assert note["code"] == "IL249"
    assert note["details"] == ["client 1.0 needs urllib3 >=1.26,<2.6"]
    assert note["where"]["line"]
    assert numeric.locked() == {"urllib3": "2.5.0"}
    assert "urllib3" not in conda_locked(numeric)
    assert copies(numeric, "urllib3") == 1
    assert numeric.run("env", "doctor").ok()
    line = note["where"]["line"]
    assert f"pyproject.toml:{line} asks for urllib3" in numeric.run("env", "why", "urllib3").ok().text
    assert numeric.install("--locked").ok().json["changed"] is False
    # Without a dependent there is nothing to supply, and a range of the manifest moves along.
    numeric.declare(conda={"numpy": "*"}, extra=ONLY)
    numeric.make_lock().ok()
    assert numeric.locked() == {}
    numeric.declare(conda={"urllib3": "<2"}, extra=ONLY)
    numeric.make_lock().ok()
    assert numeric.locked() == {"urllib3": "1.26.0"}


def test_what_cannot_be_left_to_pypi_is_an_error(numeric: Project) -> None:
    supply(numeric, "urllib3", "1.26.0")
    numeric.index.wheel("urllib3", "2.4.0")
    numeric.channel.add("client", "1.0", depends=["urllib3 <2"])
    numeric.declare(conda={"urllib3": "1.26.*|2.4.*"}, extra=ONLY)
    assert numeric.make_lock().failed(1, "IL251")["where"]["line"]
    numeric.declare(conda={"client": "*"}, extra=ONLY)
    refused = numeric.make_lock().failed(1, "IL2")
    assert [step["text"] for step in refused["derivation"]] == ["client 1.0 needs urllib3 <2"]
    assert refused["where"]["key"] == "tool.interlock.solve.only-from-pypi"


def test_the_interpreter_moves_when_nothing_else_can(project: Project) -> None:
    project.channel.add("python", "3.99.0", depends=[])
    project.index.wheel("app", "1.0", tag=f"cp{PYTHON.replace('.', '')}-none-any")
    project.declare("app", conda={"python": "*"})
    done = project.run("env", "lock").ok()
    assert f"the interpreter is Python {PYTHON}" in done.text
    assert "not 3.99.0" in done.text


@pytest.mark.parametrize(
    ("requires", "requires_python"), [((), ">=3.12.4"), (('absent ; python_full_version < "3.12.4"',), None)]
)
def test_patch_releases_of_the_interpreter_may_differ(
    project: Project, requires: tuple[str, ...], requires_python: str | None
) -> None:
    """The lock has the newest tool, which is for the oldest interpreter; conda alone would keep both."""
    for tool, version in (("1.0", "3.12.7"), ("2.0", "3.12.3"), ("3.0", "3.12.1")):
        project.channel.add("python", version)
        project.channel.add("tool", tool, depends=[f"python =={version}"])
    project.index.wheel("app", "1.0", requires=requires, requires_python=requires_python)
    project.declare(conda={"python": "3.12.*", "tool": "3.*"})
    project.make_lock().ok()
    project.declare("app", conda={"python": "3.12.*", "tool": "*"})
    done = project.run("env", "lock").ok()
    assert project.target()["version"] == "3.12.7"
    assert conda_locked(project) == {"tool": "1.0"}
    assert "the interpreter is Python 3.12.7, not 3.12.1" in done.text


def test_upper_bounds_on_the_interpreter_count(project: Project) -> None:
    """The newest release comes with an older interpreter; one from before the bound only where nothing else will do."""
    for version in ("3.12.1", "3.11.9"):
        project.channel.add("python", version)
    project.index.wheel("app", "2.0", requires_python=">=3.9,<3.12")
    project.index.wheel("app", "1.0")
    project.declare("app", conda={"python": "*"})
    done = project.make_lock().ok()
    assert (project.locked(), project.target()["version"]) == ({"app": "2.0"}, "3.11.9")
    assert "the interpreter is Python 3.11.9, not 3.12.1" in done.text
    project.lock_file.unlink()
    project.declare("app", conda={"python": "3.12.*"})
    done = project.make_lock().ok()
    assert (project.locked(), project.target()["version"]) == ({"app": "1.0"}, "3.12.1")
    assert "it requires Python >=3.9,<3.12, and the interpreter is Python 3.12.1" in done.text
    declared = '[[tool.uv.dependency-metadata]]\nname = "app"\nversion = "2.0"\n'
    project.declare("app>=2", conda={"python": "3.12.*"}, extra=declared)
    project.make_lock().ok()
    assert (project.locked(), project.target()["version"]) == ({"app": "2.0"}, "3.12.1")


def test_conda_is_asked_for_what_only_a_record_says_that_it_supplies(project: Project) -> None:
    supply(project, "fresh", "1.0", conda_name="py-fresh")
    project.index.wheel("app", "1.0", requires=["fresh"])
    project.declare("app")
    done = project.make_lock().ok()
    assert conda_locked(project) == {"py-fresh": "1.0"}
    assert "IL334" in done.text


def test_a_git_requirement_keeps_conda_from_supplying_the_name(numeric: Project) -> None:
    source = Source(name="numpy", version="9.0")
    tree = source.write_tree(numeric.root.parent / "numpy-git")
    for command in (["init", "-q"], ["add", "."], ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x"]):
        subprocess.run(["git", *command], cwd=tree, check=True)
    supply(numeric, "optional", "2.0", depends=("numpy",))
    supply(numeric, "optional", "1.0")
    numeric.declare(f"numpy @ git+{tree.as_uri()}", conda={"optional": "*"})
    numeric.make_lock().ok()
    assert conda_locked(numeric) == {"optional": "1.0"}
    numeric.declare(f"numpy @ git+{tree.as_uri()}", conda={"optional": "2.*"})
    numeric.make_lock().failed(1, "IL306")


def test_a_package_that_turns_out_to_supply_what_comes_by_url_is_avoided(project: Project) -> None:
    """Nothing but the record of py-fresh says what it supplies, so conda selects it at first."""
    supply(project, "fresh", "1.0", conda_name="py-fresh")
    supply(project, "optional", "2.0", depends=("py-fresh",))
    supply(project, "optional", "1.0")
    Source(name="fresh", version="9.0").write_tree(project.root / "fresh")
    project.declare("fresh @ file:fresh", conda={"optional": "*"})
    project.make_lock().ok()
    assert conda_locked(project) == {"optional": "1.0"}
    project.lock_file.unlink()
    project.declare("fresh @ file:fresh", conda={"optional": "2.*"})
    project.make_lock().failed(1, "IL306")


def test_a_conflict_beside_a_source_tree_is_told_as_any_other(numeric: Project) -> None:
    Source(name="ours", version="1.0").write_tree(numeric.root / "ours")
    numeric.index.wheel("app", "1.0", requires=["numpy<1"])
    numeric.declare("app", "ours @ file:ours", conda={"scilib": "*"})
    finding = numeric.make_lock().failed(1, "IL310")
    assert f"app 1.0 needs numpy <1, but {numeric.index.url} has no package numpy" in finding["why"]
