from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import pytest

SYSCONFIG = """
_INSTALL_SCHEMES = {
    'posix_local': {
    },
}
    for scheme in ('posix_prefix', 'posix_home', 'posix_local', 'deb_system'):
        deb_build = os.environ.get('DEB_PYTHON_INSTALL_LAYOUT', 'posix_local')
            prefix_scheme = 'posix_local'
"""
ENSUREPIP = """
def _ensurepip_is_disabled_in_debian_for_system():
    sys.exit(1)

def _bootstrap():
    _ensurepip_is_disabled_in_debian_for_system()

    if altinstall and default_pip:
"""


@pytest.fixture
def debian(python_recipe: Path) -> ModuleType:
    return importlib.import_module("debian")


@pytest.fixture
def stdlib(tmp_path: Path) -> Path:
    (tmp_path / "ensurepip").mkdir()
    (tmp_path / "sysconfig.py").write_text(SYSCONFIG)
    (tmp_path / "ensurepip/__init__.py").write_text(ENSUREPIP)
    return tmp_path


def test_the_default_scheme_is_upstreams_and_the_definition_stays(debian: ModuleType, stdlib: Path) -> None:
    debian.undo(stdlib, "3.11")
    text = (stdlib / "sysconfig.py").read_text()
    assert "'posix_local': {" in text
    assert "('posix_prefix', 'posix_home', 'posix_local', 'deb_system')" in text
    assert "'DEB_PYTHON_INSTALL_LAYOUT', 'posix_prefix')" in text
    assert "prefix_scheme = 'posix_prefix'" in text


def test_ensurepip_is_allowed_again(debian: ModuleType, stdlib: Path) -> None:
    debian.undo(stdlib, "3.11")
    text = (stdlib / "ensurepip/__init__.py").read_text()
    assert "\n    _ensurepip_is_disabled" not in text
    assert "    if altinstall and default_pip:" in text


def test_site_packages_are_added_where_site_does_not_know_them(
    debian: ModuleType, stdlib: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(debian.site, "getsitepackages", lambda prefixes: ["/usr/lib/python3/dist-packages"])
    debian.undo(stdlib, "3.11")
    compile((stdlib / "sitecustomize.py").read_text(), "sitecustomize.py", "exec")


def test_an_unpatched_python_is_left_as_it_is(
    debian: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(debian.site, "getsitepackages", lambda prefixes: ["/opt/lib/python3.11/site-packages"])
    (tmp_path / "sysconfig.py").write_text("prefix_scheme = 'posix_prefix'\n")
    debian.undo(tmp_path, "3.11")
    assert [path.name for path in tmp_path.iterdir()] == ["sysconfig.py"]
    assert (tmp_path / "sysconfig.py").read_text() == "prefix_scheme = 'posix_prefix'\n"
