from __future__ import annotations

from pathlib import Path

import pytest

from interlock.manifest.local_project import project_name


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", "[project]\nname = 'my-lib'\n"),
        ("pyproject.toml", "[tool.poetry]\nname = 'my-lib'\n"),
        ("setup.cfg", "[metadata]\nname = my-lib\n"),
        ("setup.py", "from setuptools import setup\nsetup(\n    name='my-lib',\n)\n"),
        ("setup.py", 'setup(name = "my-lib")\n'),
    ],
)
def test_the_name_that_a_file_states(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert project_name(tmp_path) == "my-lib"


@pytest.mark.parametrize(
    ("name", "text"),
    [("setup.py", "setup(name=NAME)\n"), ("setup.py", "filename='a b'\n"), ("setup.cfg", "[metadata\n"), ("a", "")],
)
def test_a_name_that_no_file_states(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert project_name(tmp_path) is None
