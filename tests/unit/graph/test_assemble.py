"""Which nodes and edges a locked environment has."""

from __future__ import annotations

from hypothesis import given, settings
from packaging.utils import canonicalize_name

from interlock.graph.assemble import assemble
from interlock.graph.lines import manifest_lines
from interlock_hooks.types import (
    BuildMode,
    CondaRequest,
    CondaSpec,
    Location,
    LockedEnvironment,
    Requirement,
    SystemRequirement,
)
from kit.locked import graph, lines, locked, plan, record, sdist, wheel
from kit.strategies.contract import locked_environments


def edges(made) -> set[tuple[str, str, str, str]]:
    return {(edge.parent, edge.child, edge.range, edge.kind) for edge in made.edges}


def test_conda_records_lead_to_records_and_to_the_machine() -> None:
    made = graph(
        locked(
            record("numpy 2.1", "libblas >=3.9,<4", "__glibc >=2.17", "absent >=1"),
            record("libblas 3.9", constrains=["numpy >=1"]),
            machine={"__glibc": "2.28"},
        )
    )
    assert edges(made) == {
        ("conda:numpy", "conda:libblas", "libblas >=3.9,<4", "needs"),
        ("conda:numpy", "machine:__glibc", "__glibc >=2.17", "needs"),
        ("conda:libblas", "conda:numpy", "numpy >=1", "limits"),
    }


def test_pypi_requirements_lead_to_the_record_that_provides_the_distribution() -> None:
    environment = locked(
        record("pytorch 2.6"),
        pypi=[wheel("app 1.0", "Torch>=2", "other[fast]>1", "gone")],
        provides={"torch 2.6": "pytorch"},
    )
    assert edges(graph(environment)) == {("pypi:app", "conda:pytorch", "Torch>=2", "needs")}


def test_lines_lead_to_what_they_ask_for_and_nowhere_if_it_is_not_locked() -> None:
    environment = locked(record("numpy 2.1"), pypi=[wheel("app 1.0")], provides={"numpy 2.1": "numpy"})
    asked = lines(conda=["conda-forge::numpy >=2", "scipy"], pypi=["app==1.0", "numpy"], limits=["numpy <3"])
    assert edges(graph(environment, asked)) == {
        ("line:1", "conda:numpy", "conda-forge::numpy >=2", "needs"),
        ("line:3", "pypi:app", "app==1.0", "needs"),
        ("line:4", "conda:numpy", "numpy", "needs"),
        ("line:5", "conda:numpy", "numpy <3", "limits"),
    }


def test_what_only_a_build_uses_is_a_node_of_that_build() -> None:
    torch, tools = wheel("torch 2.6"), wheel("setuptools 80.0", "wheel")
    source = sdist("flash-attn 2.7", "torch")
    built = plan(
        source, BuildMode.MATCHED, needs=["setuptools>=61"], matched=["torch"], overlay=[torch, tools, wheel("wheel 1")]
    )
    made = graph(locked(pypi=[torch, source], plans=[built]))
    assert set(made.nodes) == {
        "pypi:torch",
        "pypi:flash-attn",
        "build:flash-attn:setuptools",
        "build:flash-attn:wheel",
    }
    assert edges(made) == {
        ("pypi:flash-attn", "pypi:torch", "torch", "needs"),
        ("pypi:flash-attn", "pypi:torch", "torch", "builds"),
        ("pypi:flash-attn", "build:flash-attn:setuptools", "setuptools>=61", "builds"),
        ("build:flash-attn:setuptools", "build:flash-attn:wheel", "wheel", "needs"),
    }


def test_a_build_without_isolation_uses_what_the_environment_has() -> None:
    source = sdist("ext 1.0")
    built = plan(source, BuildMode.NO_ISOLATION, needs=["numpy>=2"])
    made = graph(locked(record("numpy 2.1"), pypi=[source], provides={"numpy 2.1": "numpy"}, plans=[built]))
    assert edges(made) == {("pypi:ext", "conda:numpy", "numpy>=2", "builds")}


def test_the_lines_of_requests() -> None:
    where = Location(file="pixi.toml", line=3)
    made = manifest_lines(
        CondaRequest(
            environment="default",
            platform="linux-64",
            channels=(),
            specs=(CondaSpec(spec="python >=3.11", origin="requires-python", where=where),),
            constraints=(CondaSpec(spec="numpy <3", origin="cuda"),),
        ),
        [Requirement(name=canonicalize_name("torch"), text="torch>=2")],
        constraints=["sympy<2"],
        overrides=["Foo_Bar==1"],
        system=[SystemRequirement(name="__cuda", version="12.4", where=where)],
    )
    assert [line.sentence for line in made] == [
        "pixi.toml:3 asks for python >=3.11",
        "cuda limits it to numpy <3",
        "the manifest asks for torch>=2",
        "the constraints limit it to sympy<2",
        "the overrides limit it to Foo_Bar==1",
        "pixi.toml:3 declares __cuda 12.4",
    ]
    assert [line.name for line in made] == ["python", "numpy", "torch", "sympy", "foo-bar", "__cuda"]
    assert len({line.key for line in made}) == len(made)


@settings(max_examples=40)
@given(locked_environments())
def test_any_lock_has_a_graph_whose_edges_lead_somewhere(environment: LockedEnvironment) -> None:
    made = assemble(environment, None)
    for edge in made.edges:
        assert made.parent(edge) is made.nodes[edge.parent]
        assert made.child(edge) is made.nodes[edge.child]
