from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from interlock.core.urls import file_path
from interlock.lock.digest import locked_digest, request_digest, solve_digests
from interlock_hooks.types import (
    ActivationOptions,
    Artifact,
    BuildMode,
    BuildOptions,
    BuildPlan,
    ChannelNames,
    CondaSolution,
    CondaSource,
    CondaSpec,
    EnvironmentRequest,
    Index,
    Location,
    LockedEnvironment,
    NameSelection,
    PackageBuildOptions,
    PrebuiltSource,
    PyPIOptions,
    PyPIPackage,
    Requirement,
    Resolution,
    Solve,
    StoreLocation,
)
from unit.resolve.asking import LINUX


def request(root: Path, **changes: Any) -> EnvironmentRequest:
    project = Requirement(name="own", text=f"own @ {root.as_uri()}/own", editable=True)  # type: ignore[arg-type]
    start = EnvironmentRequest(
        name="default",
        platform="linux-64",
        root=root,
        channels=("conda-forge", f"{root.as_uri()}/channel"),
        conda_specs=(CondaSpec(spec="python 3.12.*", where=Location(file="pixi.toml", line=3)),),
        requirements=(project,),
        pypi=PyPIOptions(indexes=(Index(url="https://me:pw@host/simple"),)),
    )
    return replace(start, **changes)


def local(folder: Path, name: str) -> PyPIPackage:
    """A package that is a source tree with a manifest in a subdirectory."""
    (folder / "python").mkdir(parents=True)
    (folder / "python/pyproject.toml").write_text("[project]\n")
    artifact = Artifact(kind="directory", url=folder.as_uri(), subdirectory="python")
    return PyPIPackage(name=name, version="1", artifact=artifact)  # type: ignore[arg-type]


def locked(*packages: PyPIPackage, plans: tuple[BuildPlan, ...] = ()) -> LockedEnvironment:
    resolution = Resolution(python=LINUX, packages=packages)
    conda = CondaSolution(platform="linux-64", records=())
    return LockedEnvironment(name="default", platform="linux-64", conda=conda, resolution=resolution, plans=plans)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with a local package."""
    (tmp_path / "own").mkdir()
    manifest = '[project]\nname = "own"\ndependencies = ["numpy"]\n\n[tool.ruff]\nline-length = 99\n'
    (tmp_path / "own/pyproject.toml").write_text(manifest)
    return tmp_path


@pytest.mark.parametrize(
    "changes",
    [
        {"conda_specs": (CondaSpec(spec="python 3.12.*", where=Location(file="pixi.toml", line=99)),)},
        {"activation": ActivationOptions(env=(("A", "1"),))},
        {"build": BuildOptions(jobs=4, timeout=60)},
        {"build": BuildOptions(store=(StoreLocation(url="s3://team/wheels", write=True),))},
        {"pypi": PyPIOptions(indexes=(Index(url="https://me:other@host/simple"),))},
    ],
)
def test_what_does_not_change_the_answer(root: Path, changes: dict[str, Any]) -> None:
    assert request_digest(request(root, **changes)) == request_digest(request(root))


@pytest.mark.parametrize(
    "changes",
    [
        {"conda_specs": (CondaSpec(spec="python 3.13.*"),)},
        {"channels": ("conda-forge",)},
        {"requirements": ()},
        {"build": BuildOptions(no_isolation=NameSelection(names=frozenset({"flash-attn"})))},  # type: ignore[arg-type]
        {"build": BuildOptions(packages=(PackageBuildOptions(name="a", variables=(("A", "1"),)),))},  # type: ignore[arg-type]
        {"build": BuildOptions(allow="listed")},
        {"pypi": PyPIOptions(indexes=(Index(url="https://other/simple"),))},
        {"pypi_names": (ChannelNames(channel="conda-forge", off=True),)},
        {"settings": {"cuda": {"torch-backend": "auto"}}},
    ],
)
def test_what_changes_it(root: Path, changes: dict[str, Any]) -> None:
    assert request_digest(request(root, **changes)) != request_digest(request(root))


def test_the_keys_of_sources_of_wheels_count_where_there_are_any(root: Path) -> None:
    def with_keys(*keys: str) -> str:
        options = PackageBuildOptions(name="a", prebuilt=(PrebuiltSource(url="x", trust=keys),))
        return request_digest(request(root, build=BuildOptions(packages=(options,))))

    assert len({with_keys(), with_keys("A"), with_keys("B")}) == 3


def test_overrides_that_took_part_count(root: Path) -> None:
    assert request_digest(request(root), conda_overrides={"CONDA_OVERRIDE_CUDA": "12"}) != request_digest(request(root))


def test_a_project_can_be_moved(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other place")
    (other / "own").mkdir()
    (other / "own/pyproject.toml").write_bytes((root / "own/pyproject.toml").read_bytes())
    assert request_digest(request(other)) == request_digest(request(root))


def test_sets_are_read_in_one_order(root: Path) -> None:
    names = ["a", "b", "c", "d", "e"]
    ways = [BuildOptions(no_isolation=NameSelection(names=frozenset(order))) for order in (names, names[::-1])]  # type: ignore[arg-type]
    assert len({request_digest(request(root, build=way)) for way in ways}) == 1


@pytest.mark.parametrize(
    ("old", "new", "counts"),
    [
        ("numpy", "numpy>=2", True),
        ("line-length = 99", "line-length = 120", False),
        ('name = "own"\n', 'name = "own"\nversion = "2.0"\n', False),
        ('name = "own"\n', 'name = "own"\ndynamic = ["version"]\n', True),
        ("[tool.ruff]", '[tool.uv.sources]\nnumpy = { path = "../numpy" }\n[tool.ruff]', True),
    ],
)
def test_what_a_local_project_requires_counts(root: Path, old: str, new: str, counts: bool) -> None:
    before = request_digest(request(root))
    manifest = root / "own/pyproject.toml"
    manifest.write_text(manifest.read_text().replace(old, new))
    assert (request_digest(request(root)) != before) is counts


def test_trees_count_that_only_others_require(root: Path) -> None:
    asked = request(root)
    digest = request_digest(asked)
    trees = {name: local(root / place, name) for name, place in {"inner": "inner", "tool": "libs/tool"}.items()}
    plan = BuildPlan(package=trees["inner"], mode=BuildMode.ISOLATED, overlay=(trees["tool"],))
    alone = locked(local(root / "own", "own"))
    for held, name in ((locked(trees["inner"]), "inner"), (locked(plans=(plan,)), "tool")):
        before = locked_digest(digest, asked, held)
        manifest = Path(file_path(trees[name].artifact.url) or "", trees[name].artifact.subdirectory or "")
        (manifest / "pyproject.toml").write_text('[project]\nname = "x"\ndependencies = ["numpy"]\n')
        assert locked_digest(digest, asked, held) != before
    assert locked_digest(digest, asked, alone) == digest


def test_every_word_of_a_project_counts_whose_requirements_are_made_by_code(root: Path) -> None:
    manifest = root / "own/pyproject.toml"
    reads = '[tool.setuptools.dynamic]\ndependencies = { file = "deps/run.lst" }\n'
    manifest.write_text(f'[project]\nname = "own"\ndynamic = ["dependencies"]\n{reads}')
    digests = {request_digest(request(root))}
    for name in ("setup.py", "requirements.txt", "requirements/base.txt", "VERSION", "deps/run.lst"):
        (root / "own" / name).parent.mkdir(exist_ok=True)
        (root / "own" / name).write_text("one")
        digests.add(request_digest(request(root)))
    (root / "own/requirements.txt").write_text("two")
    digests.add(request_digest(request(root)))
    (root / "own/README.md").write_text("says nothing")
    assert request_digest(request(root)) in digests
    assert len(digests) == 7


@pytest.mark.parametrize("text", ["[project", "", "project = 1", "[project]\ndynamic = 1"])
def test_a_local_project_that_says_nothing_is_no_obstacle(root: Path, text: str) -> None:
    (root / "own/pyproject.toml").write_text(text)
    assert request_digest(request(root)).startswith("sha256:")


@pytest.mark.parametrize("content", ["project = 1", "[project]\ndynamic = 1", "a = " + "[" * 3000])
def test_a_local_package_with_a_malformed_manifest(root: Path, content: str) -> None:
    before = request_digest(request(root))
    (root / "own/pyproject.toml").write_text(content)
    assert request_digest(request(root)) != before


def test_the_digest_of_a_member_covers_what_its_group_asks_for(tmp_path: Path) -> None:
    own = request(tmp_path)
    assert solve_digests(Solve.alone(own)) == {own.name: request_digest(own)}
    other = replace(own, name="other")
    together = replace(own, name="solve group all")
    solve = Solve(request=together, members=(own, other), group="all")
    digests = solve_digests(solve)
    before = digests[own.name]
    assert before != request_digest(own)
    assert before != digests[other.name]
    more = replace(together, conda_specs=(*together.conda_specs, CondaSpec(spec="numpy <2")))
    assert solve_digests(replace(solve, request=more))[own.name] != before


def test_the_whole_source_of_a_conda_package_that_is_built_here_counts(tmp_path: Path) -> None:
    def digest(folder: Path, recipe: str = "recipe.yaml") -> str:
        (folder / "pkg").mkdir(parents=True, exist_ok=True)
        (folder / "pkg" / "recipe.yaml").touch()
        source = CondaSource(url=(folder / "pkg").as_uri(), recipe=recipe)
        return request_digest(request(folder, conda_specs=(CondaSpec(spec="demo", built_from=source),)))

    first = digest(tmp_path / "a")
    plain = request_digest(request(tmp_path / "a", conda_specs=(CondaSpec(spec="demo"),)))
    assert digest(tmp_path / "b") == first
    (tmp_path / "b" / "pkg" / "tool.sh").touch()
    assert len({first, plain, digest(tmp_path / "a", "recipe.yml"), digest(tmp_path / "b")}) == 4
