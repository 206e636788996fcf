from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from interlock.builds.sources.package_info import states_requirements, unpromised_metadata
from interlock_hooks.testing.files import write_tree
from interlock_hooks.types import UNKNOWN_VERSION
from kit.locked import sdist

PACKAGE = sdist("demo 1.0")
INFO = "Metadata-Version: {version}\nName: demo\nVersion: 1.0\n{more}"


def tree(tmp_path: Path, files: Mapping[str, str]) -> Path:
    return write_tree(tmp_path / "tree", files)


@pytest.mark.parametrize(
    ("files", "promised"),
    [
        ({"PKG-INFO": INFO.format(version="2.2", more="")}, True),
        ({"PKG-INFO": INFO.format(version="2.10", more="Dynamic: License\n")}, True),
        ({"PKG-INFO": INFO.format(version="2.1", more="")}, False),
        ({"PKG-INFO": INFO.format(version="2.2", more="Dynamic: requires-dist\n")}, False),
        ({"PKG-INFO": INFO.format(version="none", more="")}, False),
        ({"pyproject.toml": '[project]\nname = "demo"\ndynamic = ["version"]\n'}, True),
        ({"pyproject.toml": '[project]\nname = "demo"\ndynamic = ["dependencies"]\n'}, False),
        ({"pyproject.toml": "project = 1\n"}, False),
        ({"setup.py": ""}, False),
    ],
)
def test_promises(tmp_path: Path, files: dict[str, str], promised: bool) -> None:
    assert states_requirements(tree(tmp_path, files)) is promised


def test_what_is_said_without_a_promise(tmp_path: Path) -> None:
    more = "Requires-Dist: numpy>=1.20\nRequires-Python: >=3.8\nProvides-Extra: test\n"
    found = unpromised_metadata(tree(tmp_path, {"PKG-INFO": INFO.format(version="2.1", more=more)}), PACKAGE)
    assert found is not None
    assert (found.version, found.requires_dist, found.requires_python) == ("1.0", ("numpy>=1.20",), ">=3.8")
    assert (found.provides_extra, found.origin, found.place) == (("test",), "pkg-info", "PKG-INFO")


def test_older_setuptools_wrote_requirements_into_another_file(tmp_path: Path) -> None:
    info = INFO.format(version="1.2", more="")
    requires = "torch\n\n[test]\npytest\n\n[:sys_platform == 'win32']\ncolorama\n"
    files = {"PKG-INFO": info, "src/demo.egg-info/PKG-INFO": info, "src/demo.egg-info/requires.txt": requires}
    found = unpromised_metadata(tree(tmp_path, files), PACKAGE)
    assert found is not None
    assert found.requires_dist[0] == "torch"
    assert [text.split(";")[0].strip() for text in found.requires_dist] == ["torch", "pytest", "colorama"]


def test_what_is_about_something_else_says_nothing(tmp_path: Path) -> None:
    made = tree(tmp_path, {"PKG-INFO": INFO.format(version="2.1", more="")})
    assert unpromised_metadata(made, sdist("demo 2.0")) is None
    assert unpromised_metadata(made, sdist("other 1.0")) is None
    assert unpromised_metadata(made, sdist(f"demo {UNKNOWN_VERSION}")) is not None
    assert unpromised_metadata(tmp_path, PACKAGE) is None
