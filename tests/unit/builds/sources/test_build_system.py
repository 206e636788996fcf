from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.builds.sources.build_system import LEGACY_BACKEND, BuildSystem, read_build_system
from interlock_hooks.types import InterlockError


@pytest.mark.parametrize("text", [None, "", "[project]\nname = 'x'\n"])
def test_without_a_build_system_the_legacy_backend_is_used(text, tmp_path):
    if text is not None:
        (tmp_path / "pyproject.toml").write_text(text)
    system = read_build_system(tmp_path)
    assert system == BuildSystem(requires=("setuptools",), backend=LEGACY_BACKEND)


def test_a_setup_py_that_imports_wheel_gets_it(tmp_path):
    (tmp_path / "setup.py").write_text("from wheel.bdist_wheel import bdist_wheel\n")
    assert read_build_system(tmp_path).requires == ("setuptools", "wheel")


def test_a_build_system_is_read(tmp_path):
    (tmp_path / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["a>=1", "b"]\nbuild-backend = "x:y"\nbackend-path = ["tools", "."]\n'
    )
    assert read_build_system(tmp_path) == BuildSystem(
        requires=("a>=1", "b"), backend="x:y", backend_path=("tools", ".")
    )


def test_requirements_without_a_backend_mean_the_legacy_backend(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[build-system]\nrequires = ["setuptools"]\n')
    assert read_build_system(tmp_path).backend == LEGACY_BACKEND


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[build-system", "IL405"),
        ("[build-system]\n", "IL405"),
        ("build-system = 3\n", "IL405"),
        ("[build-system]\nrequires = 'setuptools'\n", "IL405"),
        ("[build-system]\nrequires = [1]\n", "IL405"),
        ("[build-system]\nrequires = ['not a requirement']\n", "IL405"),
        ("[build-system]\nrequires = []\nbuild-backend = 1\n", "IL405"),
        ("[build-system]\nrequires = []\nbackend-path = '.'\n", "IL405"),
        ("[build-system]\nrequires = []\nbackend-path = ['..']\n", "IL406"),
        ("[build-system]\nrequires = []\nbackend-path = ['/usr']\n", "IL406"),
        ("[build-system]\nrequires = []\nbackend-path = ['link']\n", "IL406"),
    ],
)
def test_what_pep_518_does_not_allow_is_refused(text, code, tmp_path):
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "link").symlink_to(tmp_path)
    (tree / "pyproject.toml").write_text(text)
    with pytest.raises(InterlockError) as error:
        read_build_system(tree)
    assert error.value.findings[0].code == code


@given(st.binary())
def test_no_content_is_a_traceback(tmp_path_factory, data):
    tree = tmp_path_factory.mktemp("tree")
    (tree / "pyproject.toml").write_bytes(data)
    with suppress(InterlockError):
        assert isinstance(read_build_system(tree), BuildSystem)
