"""Random setup.py scripts: lists and dictionaries that are made, shared, given away and changed on many ways."""

from __future__ import annotations

from hypothesis import strategies as st

_LISTS = st.sampled_from(["a", "b", "c"])
_WORDS = st.sampled_from(["p", "q>=1", "r[x]", "s; python_version >= '3'"]).map(repr)
_KNOWN = st.sampled_from(["len(a) > 2", "'p' in b", "a == b", "not c", "a is b"])
_ENVIRONMENT = st.sampled_from(
    [
        "sys.platform == 'win32'",
        "sys.platform.startswith('linux')",
        "os.name != 'nt'",
        "sys.version_info < (3, 10)",
        "sys.version_info[:2] >= (3, 12)",
        "(3, 9) <= sys.version_info < (3, 11, 2)",
        "platform.system() in ('Linux', 'Darwin')",
        "platform.machine() == 'x86_64'",
        "'.'.join(map(str, sys.version_info[:2])) == '3.10'",
        "[part for part in sys.version_info[:2]] < [3, 11]",
    ]
)
_UNKNOWN = st.sampled_from(["os.environ.get('X')", "os.environ.get('Y') == '1'"])
CONDITIONS = st.one_of(_KNOWN, _ENVIRONMENT, _UNKNOWN)


def _expressions() -> st.SearchStrategy[str]:
    simple = st.one_of(
        _LISTS,
        st.lists(_WORDS, max_size=3).map(lambda words: f"[{', '.join(words)}]"),
        _LISTS.map(lambda name: f"list({name})"),
        _LISTS.map(lambda name: f"[w for w in {name} if w != 'p']"),
        _LISTS.map(lambda name: f"d.setdefault('k', {name})"),
        st.just("d.get('k', [])"),
        _LISTS.map(lambda name: f"dict(d, l={name}).get('k', {name})"),
        _LISTS.map(lambda name: f"same({name})"),
        _LISTS.map(lambda name: f"more({name})"),
        st.just("external.get()"),
    )
    pairs = st.tuples(simple, simple)
    return st.one_of(
        simple,
        pairs.map(lambda pair: f"{pair[0]} + {pair[1]}"),
        st.tuples(pairs, CONDITIONS).map(lambda it: f"({it[0][0]} if {it[1]} else {it[0][1]})"),
        pairs.map(lambda pair: f"({pair[0]} or {pair[1]})"),
    )


def _statements() -> st.SearchStrategy[str]:
    expressions = _expressions()
    return st.one_of(
        st.tuples(_LISTS, expressions).map(lambda it: f"{it[0]} = {it[1]}"),
        st.tuples(_LISTS, _WORDS).map(lambda it: f"{it[0]}.append({it[1]})"),
        st.tuples(_LISTS, expressions).map(lambda it: f"{it[0]} += {it[1]}"),
        st.tuples(_LISTS, expressions).map(lambda it: f"{it[0]}.extend({it[1]})"),
        _LISTS.map(lambda name: f"d['k'] = {name}"),
        _LISTS.map(lambda name: f"external.add({name})"),
        _LISTS.map(lambda name: f"if {name}: {name}.pop()"),
        st.just("change()"),
        st.just("external.maybe_raise()"),
        CONDITIONS.map(lambda condition: f"if {condition}: raise ValueError"),
    )


def _indented(lines: list[str]) -> str:
    return "\n".join("    " + part for line in lines for part in line.split("\n"))


def _blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    bodies = st.lists(inner, min_size=1, max_size=3).map(_indented)
    return st.one_of(
        st.tuples(CONDITIONS, bodies).map(lambda it: f"if {it[0]}:\n{it[1]}"),
        st.tuples(CONDITIONS, bodies, bodies).map(lambda it: f"if {it[0]}:\n{it[1]}\nelse:\n{it[2]}"),
        st.tuples(bodies, bodies).map(lambda it: f"try:\n{it[0]}\nexcept ValueError:\n{it[1]}"),
        st.tuples(_LISTS, CONDITIONS, bodies).map(
            lambda it: f"for w in list({it[0]}):\n    if {it[1]}: break\n{it[2]}"
        ),
        bodies.map(lambda body: f"for w in external.names():\n{body}"),
    )


STATEMENTS = st.recursive(_statements(), _blocks, max_leaves=5)

HEAD = """
import os, sys, platform
import external
from setuptools import setup
a, b, c, d = ["p"], [], ["q>=1"], {}
def same(x):
    return x
def more(x):
    if os.environ.get("X"):
        return x
    x.append("t")
    return x
def change():
    a.append("u")
    if sys.platform == "win32":
        return
    b.extend(c)
"""


def setup_scripts() -> st.SearchStrategy[str]:
    """Scripts that end in a call of ``setup()`` with the list ``a`` as requirements."""
    ends = st.sampled_from(
        [
            "setup(install_requires=a)",
            "setup(**dict(install_requires=a, extras_require={'x': b}))",
            (
                "K = {}\nif os.environ.get('X'):\n    K['install_requires'] = a\n"
                "else:\n    K.update(install_requires=a)\nsetup(**K)"
            ),
        ]
    )
    return st.tuples(st.lists(STATEMENTS, max_size=7), ends).map(lambda it: "\n".join((HEAD, *it[0], it[1], "")))
