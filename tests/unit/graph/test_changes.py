"""What differs between two graphs, and because of what: each cause is one that the two prove."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from interlock.graph.assemble import assemble
from interlock.graph.causes import FREE
from interlock.graph.changes import Change, compare
from interlock.graph.model import Graph
from interlock_hooks.types import Artifact, BuildMode, BuildRequirement, CondaSource, LockedEnvironment, VirtualPackage
from kit.locked import graph, lines, locked, plan, record, sdist, wheel
from kit.strategies.contract import locked_environments


def told(old: Graph, new: Graph) -> dict[str, tuple[str, list[str]]]:
    """Kind and causes of each change by name."""
    return {change.node.name: (change.kind, [cause.text for cause in change.causes]) for change in compare(old, new)}


def only(old: Graph, new: Graph) -> Change:
    (change,) = compare(old, new)
    return change


# -- what excludes the old version -----------------------------------------------------------------------------------


def test_a_new_package_that_excludes_the_old_version() -> None:
    python = record("python 3.11.4")
    old = graph(
        locked(python, record("numpy 2.1.3"), provides={"numpy 2.1.3": "numpy"}), lines(conda=["python", "numpy"])
    )
    new = graph(
        locked(
            python,
            record("numpy 1.24.3"),
            pypi=[wheel("tensorflow-cpu 2.13.0", "numpy<=1.24.3,>=1.22")],
            provides={"numpy 1.24.3": "numpy"},
        ),
        lines(conda=["python", "numpy"], pypi=["tensorflow-cpu==2.13.0"]),
    )
    assert told(old, new) == {
        "numpy": ("downgraded", ["tensorflow-cpu 2.13.0 (PyPI, new) requires numpy<=1.24.3,>=1.22"]),
        "tensorflow-cpu": ("added", ["pyproject.toml:3 asks for tensorflow-cpu==2.13.0 (new)"]),
    }


def test_a_line_that_changed() -> None:
    old = graph(locked(record("numpy 1.26")), lines(conda=["numpy <2"]))
    new = graph(locked(record("numpy 2.1")), lines(conda=["numpy >=2"]))
    change = only(old, new)
    assert (change.kind, [cause.text for cause in change.causes]) == (
        "upgraded",
        ["pyproject.toml:1 asks for numpy >=2 (was numpy <2)"],
    )
    cause = change.causes[0]
    assert (cause.kind, cause.by, cause.range, cause.was) == ("required", "pyproject.toml:1", "numpy >=2", "numpy <2")
    assert cause.where is not None


def test_a_line_with_another_address() -> None:
    def at(commit: str, branch: str | None) -> Graph:
        artifact = Artifact(kind="git", url="https://git.example/lib", commit=commit * 40)
        package = replace(wheel("lib 1.0"), artifact=artifact)
        return graph(
            locked(pypi=[package]), lines(pypi=[f"lib @ git+https://git.example/lib@{branch}"]) if branch else None
        )

    old, new = at("a", "main"), at("b", "other")
    assert told(old, new)["lib"][1] == [
        "pyproject.toml:1 asks for lib @ git+https://git.example/lib@other (was lib @ git+https://git.example/lib@main)"
    ]
    assert told(old, at("b", "main"))["lib"][1] == [FREE]
    assert only(at("a", None), new).causes[0].kind == "unknown"


def test_a_parent_that_requires_something_else_now() -> None:
    old = graph(locked(pypi=[wheel("torch 2.5", "sympy==1.13.1"), wheel("sympy 1.13.1")]), lines(pypi=["torch"]))
    new = graph(locked(pypi=[wheel("torch 2.6", "sympy==1.13.3"), wheel("sympy 1.13.3")]), lines(pypi=["torch"]))
    assert told(old, new) == {
        "sympy": ("upgraded", ["torch 2.6 (PyPI, was 2.5) requires sympy==1.13.3 (was sympy==1.13.1)"]),
        "torch": ("upgraded", [FREE]),
    }


def test_a_constraint_of_a_conda_package_that_came() -> None:
    old = graph(locked(record("numpy 2.1")), lines(conda=["numpy"]))
    new = graph(locked(record("numpy 1.26"), record("old-abi 1", constrains=["numpy <2"])), lines(conda=["numpy"]))
    assert told(old, new)["numpy"] == ("downgraded", ["old-abi 1 (conda, new) limits it to numpy <2"])


def test_what_the_old_artifact_requires_is_not_there_any_more() -> None:
    def made(python: str, tag: str) -> Graph:
        return graph(
            locked(
                record(f"python {python}"),
                record(f"python_abi 3 {tag}", constrains=[f"python {python[:4]}.*"]),
                record(f"numpy 2.1 {tag}_0", f"python_abi 3 {tag}", "python"),
                pypi=[replace_tag("lxml 5.0", tag), wheel("pure 1.0")],
            ),
            lines(conda=[f"python {python[:4]}.*", "numpy"], pypi=["lxml", "pure"]),
        )

    found = told(made("3.11.9", "cp311"), made("3.12.7", "cp312"))
    assert found["numpy"] == (
        "changed",
        ["numpy 2.1 (conda) requires python_abi 3 cp311, and python_abi is 3 cp312 now"],
    )
    assert found["lxml"] == ("changed", ["lxml-5.0-cp311-cp311-linux_x86_64.whl is not for python 3.12.7 (was 3.11.9)"])
    assert found["python"] == ("upgraded", ["pyproject.toml:1 asks for python 3.12.* (was python 3.11.*)"])
    assert "pure" not in found


def replace_tag(text: str, tag: str):
    package = wheel(text)
    name = f"{text.replace(' ', '-')}-{tag}-{tag}-linux_x86_64.whl"
    return replace(package, artifact=replace(package.artifact, filename=name))


# -- what held it, and what nothing explains -------------------------------------------------------------------------


def test_what_held_it_back_is_gone() -> None:
    old = graph(locked(pypi=[wheel("numpy 1.26"), wheel("pinned 1", "numpy<2")]), lines(pypi=["numpy", "pinned"]))
    new = graph(locked(pypi=[wheel("numpy 2.1")]), lines(pypi=["numpy"]))
    assert told(old, new) == {
        "numpy": ("upgraded", ["pinned 1 (PyPI), which required numpy<2, is gone"]),
        "pinned": ("removed", ["the manifest no longer asks for pinned (before: pyproject.toml:2)"]),
    }


def test_what_held_it_back_asks_for_less() -> None:
    old = graph(locked(pypi=[wheel("app 1", "lib<2"), wheel("lib 1")]), lines(pypi=["app"]))
    new = graph(locked(pypi=[wheel("app 2", "lib"), wheel("lib 2")]), lines(pypi=["app"]))
    assert told(old, new)["lib"] == ("upgraded", ["app 2 (PyPI, was 1) requires lib instead of lib<2"])


@pytest.mark.parametrize(("before", "after", "kind"), [("1.0", "1.1", "upgraded"), ("1.1", "1.0", "downgraded")])
def test_what_nothing_forced_is_free_to_move(before: str, after: str, kind: str) -> None:
    made = [
        graph(
            locked(record(f"lib {version}"), pypi=[wheel("app 1", "numpy>=1")]), lines(conda=["lib >=1"], pypi=["app"])
        )
        for version in (before, after)
    ]
    change = only(*made)
    assert (change.kind, [cause.kind for cause in change.causes]) == (kind, ["free"])


def test_other_packages_to_choose_from() -> None:
    made = []
    for version, channels in (("1.0", ("a",)), ("2.0", ("a", "b"))):
        environment = locked(record(f"lib {version}"), pypi=[wheel(f"app {version}")])
        settings = {"conda": {"channels": channels, "exclude-newer": None}, "pypi": {"indexes": ()}}
        made.append(assemble(environment, lines(conda=["lib"], pypi=["app"]), settings))  # type: ignore[arg-type]
    assert told(*made) == {
        "lib": ("upgraded", ["nothing forced it, but the manifest changed channels"]),
        "app": ("upgraded", [FREE]),
    }


def test_conda_versions_are_ordered_as_conda_does() -> None:
    old, new = (
        graph(locked(record(f"openssl {version}")), lines(conda=["openssl"])) for version in ("1.1.1l", "1.1.1w")
    )
    assert only(old, new).kind == "upgraded"


# -- coming, going, moving -------------------------------------------------------------------------------------------


def test_additions_are_explained_from_the_manifest_down_also_in_a_circle() -> None:
    old = graph(locked(pypi=[wheel("app 1")]), lines(pypi=["app"]))
    new = graph(locked(pypi=[wheel("app 2", "a>=1"), wheel("a 1", "b"), wheel("b 1", "a")]), lines(pypi=["app>=2"]))
    assert told(old, new) == {
        "app": ("upgraded", ["pyproject.toml:1 asks for app>=2 (was app)"]),
        "a": ("added", ["app 2 (PyPI, was 1) requires a>=1"]),
        "b": ("added", ["a 1 (PyPI, new) requires b"]),
    }
    assert told(new, old)["b"] == ("removed", ["a 1 (PyPI), which required b, is gone"])
    assert told(new, old)["a"] == ("removed", ["app 1 (PyPI, was 2) no longer requires a>=1"])


def test_the_same_artifact_that_requires_other_things() -> None:
    def made(python: str, *requires: str) -> Graph:
        packages = [wheel("app 1", *requires), *(wheel(f"{name} 1") for name in requires)]
        return graph(locked(record(f"python {python}"), pypi=packages), lines(conda=["python"], pypi=["app"]))

    found = told(made("3.10.4", "tomli"), made("3.12.7"))
    assert found["tomli"] == ("removed", ["app 1 (PyPI) no longer requires tomli on python 3.12.7 (was 3.10.4)"])
    assert "app" not in found
    assert told(made("3.12.7"), made("3.12.7", "more"))["more"] == ("added", ["app 1 (PyPI) requires more now"])


def test_extras_that_come_and_go() -> None:
    plain = graph(locked(pypi=[wheel("httpx 1")]), lines(pypi=["httpx"]))
    full = replace(wheel("httpx 1", "h2>=3"), extras=("http2",))
    more = graph(locked(pypi=[full, wheel("h2 4")]), lines(pypi=["httpx[http2]"]))
    assert told(plain, more) == {"h2": ("added", ["httpx 1 (PyPI) requires h2>=3 for httpx[http2]"])}
    gone = "httpx 1 (PyPI) no longer requires h2>=3, because nothing asks for httpx[http2] any more"
    assert told(more, plain) == {"h2": ("removed", [gone])}


def test_moving_from_conda_to_pypi_and_back() -> None:
    conda = graph(
        locked(record("pytorch 2.5"), pypi=[wheel("app 1", "torch")], provides={"torch 2.5": "pytorch"}),
        lines(conda=["pytorch"], pypi=["app"]),
    )
    pypi = graph(locked(pypi=[wheel("app 1", "torch"), wheel("torch 2.6")]), lines(pypi=["app"]))
    moved = only(conda, pypi)
    assert (moved.kind, moved.old and moved.old.label, moved.node.label) == ("moved", "conda", "PyPI")
    assert [cause.text for cause in moved.causes] == [
        "the manifest no longer asks for pytorch (before: pyproject.toml:1)",
        "app 1 (PyPI) requires torch",
    ]
    back = only(pypi, conda)
    assert (back.kind, back.old.name if back.old else "", back.node.name) == ("moved", "torch", "pytorch")
    assert [cause.text for cause in back.causes] == ["pyproject.toml:1 asks for pytorch (new)"]


def test_without_manifests_lines_are_not_invented() -> None:
    old, new = graph(locked(pypi=[wheel("a 1")]), None), graph(locked(pypi=[wheel("b 1")]), lines(pypi=["b"]))
    assert told(old, new) == {
        "a": ("removed", ["no package says why, and the manifest at that time is unknown"]),
        "b": ("added", ["pyproject.toml:1 asks for b"]),
    }
    assert told(new, old)["b"][1] == ["no package says why, and the manifest at that time is unknown"]


def test_without_manifests_nothing_is_called_free() -> None:
    old, new = (graph(locked(pypi=[wheel(text)]), None) for text in ("a 1", "a 2"))
    assert told(old, new)["a"][1] == ["no package forced it, and the manifest at that time is unknown"]


def test_the_machine() -> None:
    old = graph(locked(machine={"__cuda": "12.2", "__glibc": "2.17"}), ())
    new = replace(locked(machine={"__cuda": "12.4"}), name="default")
    glibc = VirtualPackage(name="__glibc", version="2.28", origin="detected")
    new = replace(new, conda=replace(new.conda, virtual_packages=(*new.conda.virtual_packages, glibc)))
    assert told(old, graph(new, ())) == {
        "__cuda": ("upgraded", ["origin: declared"]),
        "__glibc": ("upgraded", ["it was detected on the machine that locked"]),
    }


# -- artifacts and builds --------------------------------------------------------------------------------------------


def test_another_artifact_of_the_same_version_says_what_differs() -> None:
    def made(package) -> Graph:
        return graph(locked(pypi=[package]), lines(pypi=["x"]))

    assert only(made(wheel("x 1")), made(sdist("x 1"))).details == (
        "wheel → sdist",
        "x-1-py3-none-any.whl → x-1.tar.gz",
    )
    other = wheel("x 1")
    other = replace(other, artifact=replace(other.artifact, sha256="1" * 64))
    assert only(made(wheel("x 1")), made(other)).details == ("another file of the same name",)
    moved = replace(wheel("x 1"), index="https://mirror.example/simple")
    assert compare(made(wheel("x 1")), made(moved)) == ()


def test_a_conda_package_says_what_differs() -> None:
    def made(one) -> Graph:
        return graph(locked(one), lines(conda=["x"]))

    assert only(made(record("x 1 a_0")), made(record("x 1 a_1"))).details == ("build a_0 → a_1",)
    elsewhere = replace(record("x 1"), channel="conda-forge")
    assert only(made(record("x 1")), made(elsewhere)).details == (
        "channel https://channels.example/main → conda-forge",
    )
    assert only(made(record("x 1")), made(record("x 1", "y"))).details == ("the channel corrected its dependencies",)


def build(mode: BuildMode, *, torch: str = "2.5", tools: str = "80", **options) -> Graph:
    source = sdist("ext 1.0")
    matched = ["torch"] if mode is BuildMode.MATCHED else []
    overlay = [*([wheel(f"torch {torch}")] if matched else []), wheel(f"setuptools {tools}")]
    made = plan(source, mode, needs=["setuptools"], matched=matched, overlay=overlay, **options)
    return graph(locked(pypi=[source, wheel(f"torch {torch}")], plans=[made]), lines(pypi=["ext", "torch"]))


def rebuilt(old: Graph, new: Graph) -> tuple[Sequence[str], Sequence[str]]:
    change = next(change for change in compare(old, new) if change.kind == "rebuilt")
    return change.details, [cause.text for cause in change.causes]


def test_a_matched_build_changes_with_what_it_is_matched_to() -> None:
    assert rebuilt(build(BuildMode.MATCHED), build(BuildMode.MATCHED, torch="2.6")) == (
        ("its build has torch 2.5 → 2.6",),
        ["it is matched to torch, which changed: 2.5 → 2.6"],
    )


def test_a_build_without_isolation_changes_with_what_it_imported() -> None:
    old, new = (build(BuildMode.NO_ISOLATION, torch=torch, imports=["torch", "setuptools"]) for torch in ("2.5", "2.6"))
    assert rebuilt(old, new) == ((), ["it is built with torch, which changed: 2.5 → 2.6"])
    others = [build(BuildMode.NO_ISOLATION, torch=torch, imports=["setuptools"]) for torch in ("2.5", "2.6")]
    assert "rebuilt" not in {change.kind for change in compare(*others)}


def test_every_build_changes_with_the_interpreter_and_the_compilers() -> None:
    source = sdist("ext 1.0")

    def made(python: str, *compilers: str) -> Graph:
        records = [record(f"python {python}"), *map(record, compilers), record(f"libfoo {python}")]
        return graph(locked(*records, pypi=[source], plans=[plan(source)]), lines(pypi=["ext"]))

    old, new = made("3.11.9", "cuda-nvcc 12.4", "gcc 13"), made("3.12.7", "cuda-nvcc 12.8", "gxx 14")
    found = compare(old, new, is_toolchain=lambda name: name in ("cuda-nvcc", "gcc", "gxx"))
    assert [cause.text for change in found if change.kind == "rebuilt" for cause in change.causes] == [
        "it is built for python 3.12.7 (was 3.11.9)",
        "the compilers changed: cuda-nvcc 12.4 → 12.8, - gcc 13, + gxx 14",
    ]
    assert "rebuilt" not in {change.kind for change in compare(made("3.11.8"), made("3.11.9"))}


def test_tools_of_a_build_move_freely_and_variables_do_not() -> None:
    assert rebuilt(build(BuildMode.ISOLATED), build(BuildMode.ISOLATED, tools="81")) == (
        ("its build has setuptools 80 → 81",),
        [FREE],
    )
    varied = build(BuildMode.ISOLATED, variables={"JOBS": "2"})
    assert rebuilt(build(BuildMode.ISOLATED), varied) == (
        ("+ variable JOBS 2",),
        ["its build settings changed in the manifest or in a plugin"],
    )


def test_what_a_build_was_found_to_need() -> None:
    source = sdist("ext 1.0")
    old = plan(source)
    learned = BuildRequirement(requirement="torch", match_runtime=True, origin="discovery")
    new = replace(old, mode=BuildMode.MATCHED, requirements=(learned,))
    made = [graph(locked(pypi=[source], plans=[each]), lines(pypi=["ext"])) for each in (old, new)]
    assert rebuilt(*made) == (
        ("mode isolated → matched", "+ build requirement torch (discovery, matched)"),
        ["discovery found that the build needs torch"],
    )


def test_what_a_build_imported_is_no_change() -> None:
    assert compare(build(BuildMode.ISOLATED), build(BuildMode.ISOLATED, imports=["torch"])) == ()


# Making two environments takes long; on a busy machine that is no sign of a bad strategy.
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(locked_environments(platform="linux-64"), locked_environments(platform="linux-64"))
def test_any_two_locks_can_be_compared(old: LockedEnvironment, new: LockedEnvironment) -> None:
    before, after = assemble(old, None), assemble(new, None)
    assert compare(before, before) == ()
    for change in compare(before, after):
        assert change.causes
        assert all(cause.text for cause in change.causes)


def test_a_package_that_is_built_from_a_source_changes_with_that_and_not_with_its_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Paths are relative to the working directory where that is shorter.
    monkeypatch.chdir(tmp_path)

    def made(digest: str, sha256: str, channel: str = "file:///a") -> Graph:
        source = CondaSource(url="file:///elsewhere/over/the/hills/pkg", recipe="recipe.yaml", digest=digest)
        return graph(
            locked(replace(record("x 1"), built_from=source, sha256=sha256, channel=channel)), lines(conda=["x"])
        )

    assert compare(made("1", "1"), made("1", "2", "file:///b")) == ()
    change = only(made("1", "1"), made("2", "2", "file:///b"))
    place = "/elsewhere/over/the/hills/pkg"
    assert (change.kind, change.details) == ("changed", ())
    assert [cause.text for cause in change.causes] == [f"{place}, from which it is built, changed"]
    change = only(graph(locked(record("x 1")), lines(conda=["x"])), made("1", "1"))
    assert change.details == (f"channel https://channels.example/main → of this project, built from {place}",)
    assert change.new is not None
    assert change.new.artifact == ("x-1-0.conda", f"file://{place}")
