from __future__ import annotations

from packaging.requirements import Requirement

from interlock.builds.plan.tools import build_tools


def test_the_list_of_build_tools_is_consistent():
    tools = build_tools()
    assert all(Requirement(text).url is None for text in tools.modules.values())
    assert tools.modules["pkg_resources"] != tools.modules["setuptools"]
    assert {"numpy", "torch", "pybind11", "nanobind", "cffi"}.isdisjoint(tools.traceless)
