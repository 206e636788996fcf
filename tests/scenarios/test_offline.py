"""Without a network: an index is asked only when something must come from it."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from interlock_hooks.testing.repack import installed_files
from interlock_hooks.testing.sdists import Source
from kit.project import PYTHON, Project

pytestmark = pytest.mark.scenario

NOBODY = "http://127.0.0.1:9/simple/"
# uv reads listings before it knows whether it will use anything on them.
LISTING = {"url": "http://127.0.0.1:9/listing"}
IMPATIENT = {"UV_HTTP_RETRIES": "0"}
SETUP_PY = (
    "from setuptools import setup\nsetup(name='mylib', version='1.0', packages=['mylib'], install_requires=['dsh'])\n"
)


@pytest.fixture
def supplied(project: Project) -> Project:
    project.channel.add_distribution("dsh", "4.3", python=PYTHON, requires=["sel>=4"], depends=["sel"])
    project.channel.add_distribution("sel", "4.1", python=PYTHON)
    return project


def declare(project: Project, *requirements: str, conda: tuple[str, ...] = (), extra: str = "") -> None:
    options = {"index-url": NOBODY, "find-links": [LISTING]}
    project.declare(
        "dsh>=4", *requirements, conda=dict.fromkeys(("dsh", *conda), "*"), pypi_options=options, extra=extra
    )


def test_what_conda_supplies_comes_from_no_index(supplied: Project) -> None:
    declare(supplied)
    supplied.install(variables=IMPATIENT).ok()
    assert supplied.python("import dsh; print(dsh.origin)") == "conda"
    assert supplied.locked() == {}


def test_nor_does_what_a_path_supplies(supplied: Project) -> None:
    Source(name="mylib", version="1.0", requires=["dsh"]).write_tree(supplied.root / "mylib")
    declare(supplied, "mylib @ ./mylib")
    supplied.install(variables=IMPATIENT).ok()
    assert supplied.python("import mylib; print(mylib.__version__)") == "1.0"


def test_what_must_come_from_an_index_is_still_asked_of_it(supplied: Project) -> None:
    Source(name="mylib", version="1.0", requires=["dsh", "other"]).write_tree(supplied.root / "mylib")
    declare(supplied, "mylib @ ./mylib")
    finding = supplied.install(variables=IMPATIENT).failed(1, "IL303")
    assert "127.0.0.1:9" in finding["what"]


def test_a_build_with_the_tools_of_conda(supplied: Project) -> None:
    files = installed_files("setuptools", f"lib/python{PYTHON}/site-packages/")
    supplied.channel.add(
        "setuptools", version("setuptools"), depends=[f"python {PYTHON}.*"], files=files, purls=["setuptools"]
    )
    Source(name="mylib", version="1.0", setup_py=SETUP_PY).write_tree(supplied.root / "mylib")
    declare(supplied, "mylib @ ./mylib", conda=("setuptools",))
    finding = supplied.install(variables=IMPATIENT).failed(1, "IL303")
    assert "mylib 1.0 (isolated) requires setuptools" in finding["why"]
    assert "no-build-isolation-package" in finding["fix"]
    declare(
        supplied,
        "mylib @ ./mylib",
        conda=("setuptools",),
        extra="[tool.uv]\nno-build-isolation-package = ['mylib']\n",
    )
    supplied.install(variables=IMPATIENT).ok()
    assert supplied.python("import mylib; print(mylib.__version__)") == "1.0"
