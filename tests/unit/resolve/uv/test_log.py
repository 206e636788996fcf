"""Lines as uv 0.13.9 wrote them; that the real one still does is seen in test_compile.py."""

from __future__ import annotations

from packaging.utils import canonicalize_name

from interlock.resolve.uv.log import messages, read_edges, selected

NUMPY = canonicalize_name("numpy")
LOG = """\
DEBUG Solving with target Python version: >=3.12.7
DEBUG Adding direct dependency: withx[x]*
DEBUG Adding direct dependency: usesdyn*
DEBUG Selecting: usesdyn==1.0 [compatible] (usesdyn-1.0-py3-none-any.whl)
DEBUG Adding transitive dependency for usesdyn==1.0: dyn*
DEBUG Adding transitive dependency for usesdyn==1.0: leaf{python_full_version >= '3.1'}<2
DEBUG Adding transitive dependency for needsnp==3.0: numpy<2
DEBUG Adding transitive dependency for needsnp==3.0: numpy>=2.1.3, <2.1.3+
DEBUG Adding transitive dependency for needsnp==3.0: numpy*
DEBUG Adding transitive dependency for withx==1.0: withx==1.0
DEBUG Adding transitive dependency for withx==1.0: withx[x]==1.0
DEBUG Adding transitive dependency for withx==1.0: needsnp[a]{sys_platform == 'linux'}>=1.0, <1.0+
DEBUG Adding transitive dependency for withx==1.0: needsnp[b]>=1.0, <1.0+
DEBUG Adding transitive dependency for withx==1.0: ??? what is this
warning: careful
error: No solution found
  cause: Because.
"""


def test_edges() -> None:
    edges = read_edges(LOG, [(NUMPY, frozenset({"==2.1.3"})), (NUMPY, frozenset())])
    assert dict(edges.roots) == {"withx": {"x"}, "usesdyn": set()}
    shown = {node: [str(entry) for entry in entries] for node, entries in edges.requires.items()}
    assert shown == {
        ("usesdyn", "1.0"): ["dyn", "leaf<2"],
        ("needsnp", "3.0"): ["numpy<2"],
        ("withx", "1.0"): ["needsnp[a,b]==1.0"],
    }
    assert edges.versions[canonicalize_name("usesdyn")] == ["1.0", "1.0"]


def test_two_requirements_on_one_name_are_both_kept() -> None:
    log = "\n".join(f"DEBUG Adding transitive dependency for a==1: b{limit}" for limit in (">=1", "<3"))
    edges = read_edges(log, [])
    assert [str(entry) for entry in edges.requires[canonicalize_name("a"), "1"]] == ["b>=1", "b<3"]


def test_requirements_of_extras_are_told_apart() -> None:
    """An extra may be given up again: only the extras that are asked for in the end count."""
    log = """\
DEBUG Searching for a compatible version of a (*)
DEBUG Adding transitive dependency for a==1: b*
DEBUG Searching for a compatible version of a[X-y] (==1)
DEBUG Adding transitive dependency for a==1: a==1
DEBUG Adding transitive dependency for a==1: b<2
DEBUG Adding transitive dependency for a==1: c*
DEBUG Searching for a compatible version of d @ file:///d (*)
DEBUG Adding transitive dependency for d==1: a[x-y]*
"""
    edges, node = read_edges(log, []), (canonicalize_name("a"), "1")
    assert [str(entry) for entry in edges.asked(node, ())] == ["b"]
    assert [str(entry) for entry in edges.asked(node, ("x_y",))] == ["b", "b<2", "c"]
    assert [str(entry) for entry in edges.requires[node]] == ["b", "b<2", "c"]
    assert [str(entry) for entry in edges.asked((canonicalize_name("d"), "1"), ())] == ["a[x-y]"]


def test_messages_are_what_is_not_log() -> None:
    assert messages(LOG) == ["warning: careful", "error: No solution found", "  cause: Because."]


def test_what_uv_tries_next() -> None:
    line = "DEBUG Selecting: rich==15.0.0 [compatible] (rich-15.0.0-py3-none-any.whl)"
    assert selected(line) == "rich 15.0.0"
    assert selected("DEBUG Searching for a compatible version of rich (*)") is None
