from __future__ import annotations

from packaging.utils import canonicalize_name

from interlock.resolve.uv.log import read_edges
from interlock.resolve.uv.passed_over import passed_over
from interlock_hooks.types import PassedOver

LOG = """\
DEBUG Adding direct dependency: numpy*
DEBUG Adding direct dependency: numba*
DEBUG Adding transitive dependency for numba==0.61: numpy<2.1
DEBUG Adding transitive dependency for numba==0.60: numpy<2.1
DEBUG Adding transitive dependency for numba==0.60: llvm*
"""


def found(**chosen: str) -> list[PassedOver]:
    edges = read_edges(LOG, [])
    return list(passed_over(edges, {canonicalize_name(name): version for name, version in chosen.items()}))


def test_newer_versions_and_what_stood_in_their_way() -> None:
    """Of those with the same obstacle the newest."""
    why = "it needs numpy<2.1, and numpy is 2.1"
    expected = PassedOver(name=canonicalize_name("numba"), version="0.61", why=why, needs="numpy<2.1")
    assert found(numpy="2.1", numba="0.5") == [expected]


def test_what_fits_and_what_is_older_has_no_entry() -> None:
    assert found(numpy="2.0", numba="0.5") == []
    assert found(numpy="2.1", numba="0.61") == []
