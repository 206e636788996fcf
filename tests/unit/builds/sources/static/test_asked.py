from __future__ import annotations

import pytest

from interlock.builds.sources.look import Look, look_at
from interlock.builds.sources.static.facts import NotProvable
from unit.builds.conftest import wheel_package

SETUP = "from setuptools import setup\n"
BUILD = '[build-system]\nrequires = [{}]\nbuild-backend = "{}"\n'
SETUPTOOLS = BUILD.format('"setuptools"', "setuptools.build_meta")
HATCHLING = BUILD.format('"hatchling"', "hatchling.build")
FLIT = BUILD.format('"flit_core"', "flit_core.buildapi")
NEW, OLD = {"setuptools": "80.0"}, {"setuptools": "70.0"}


@pytest.fixture
def look(tmp_path):
    def look(**files: str) -> Look:
        for name, text in files.items():
            (tmp_path / name.replace("_", ".")).write_text(text, encoding="utf-8")
        return look_at(wheel_package("demo"), tmp_path)

    return look


@pytest.mark.parametrize(
    ("files", "asked"),
    [
        ({"setup_py": f"{SETUP}setup()"}, ()),
        ({"setup_py": f"{SETUP}setup(setup_requires=['numpy>=1', 'cffi'])"}, ("numpy>=1", "cffi")),
        ({"setup_py": f"{SETUP}setup()", "setup_cfg": "[options]\nsetup_requires = cffi\n"}, ("cffi",)),
        # Setuptools only looks there for what setup.py does not say.
        (
            {"setup_py": f"{SETUP}setup(setup_requires='a')", "setup_cfg": "[options]\nsetup_requires = cffi\n"},
            NotProvable("a may be a plugin of setuptools that asks for more"),
        ),
        (
            {"setup_py": f"{SETUP}setup(setup_requires='six')", "setup_cfg": "[options]\nsetup_requires = cffi\n"},
            ("six",),
        ),
        (
            {"setup_py": f"import sys\n{SETUP}setup(setup_requires=['six'] if sys.platform == 'win32' else ['cffi'])"},
            ('cffi; sys_platform != "win32"', 'six; sys_platform == "win32"'),
        ),
        (
            {"setup_py": f"{SETUP}setup(setup_requires=['grpcio-tools'])"},
            ("grpcio-tools",),
        ),
        (
            {"setup_py": f"{SETUP}setup(setup_requires=['tools'])"},
            NotProvable("tools may be a plugin of setuptools that asks for more"),
        ),
        (
            {
                "setup_py": f"import setuptools\n{SETUP}"
                "setup(setup_requires=['six'] if setuptools.__version__.startswith('7') else ['cffi'])"
            },
            NotProvable("setup_requires in setup.py:3: they depend on the release of setuptools"),
        ),
        # Its commands may do anything, but not to this.
        ({"setup_py": f"import torch\n{SETUP}setup(cmdclass={{'build': torch.x}})"}, ()),
        ({"pyproject_toml": SETUPTOOLS}, ()),
        ({"pyproject_toml": BUILD.format('"poetry-core"', "poetry.core.masonry.api")}, ()),
        ({"pyproject_toml": BUILD.format('"uv_build"', "uv_build")}, ()),
        ({"pyproject_toml": f'{FLIT}[project]\nname = "d"\nversion = "1"\ndescription = "d"\n'}, ()),
        ({"pyproject_toml": f'{HATCHLING}[tool.hatch.build]\nexclude = ["x"]\n'}, ()),
    ],
)
def test_what_a_backend_asks_for_is_read(look, files, asked):
    found = look(**files)
    assert found.asked == asked if isinstance(asked, NotProvable) else found.asked_in(NEW) == asked


@pytest.mark.parametrize(
    "files",
    [
        {"setup_py": f"import os\n{SETUP}setup(setup_requires=os.environ['X'])"},
        {"setup_py": f"import sys\n{SETUP}setup(setup_requires=['pytest-runner'] if 'test' in sys.argv else [])"},
        {"setup_py": f"{SETUP}from x import y\nsetup(**y)"},
        {"setup_py": f"{SETUP}setup(setup_requires=['pbr'], pbr=True)"},
        {"setup_py": f"import setuptools as s\ns.Distribution().fetch_build_eggs(['six'])\n{SETUP}setup()"},
        {"setup_py": "from numpy.distutils.core import setup\nsetup()"},
        {
            "setup_py": f"import sys\n{SETUP}setup(setup_requires=['six'] if sys.platform == 'win32' else [])",
            "setup_cfg": "[options]\nsetup_requires = cffi\n",
        },
        {"pyproject_toml": BUILD.format('"setuptools", "scikit-build"', "setuptools.build_meta")},
        {"pyproject_toml": BUILD.format("", "backend") + 'backend-path = ["."]\n'},
        {"pyproject_toml": BUILD.format('"maturin"', "maturin")},
        {"pyproject_toml": f'{FLIT}[project]\nname = "d"\nversion = "1"\ndynamic = ["description"]\n'},
        {"pyproject_toml": f'{HATCHLING}[tool.hatch.build.targets.wheel]\ndependencies = ["six"]\n'},
        {"pyproject_toml": f"{HATCHLING}[tool.hatch.build.hooks.custom]\n"},
        {"pyproject_toml": HATCHLING, "hatch_toml": ""},
    ],
)
def test_what_only_the_backend_knows_is_not_proved(look, files):
    assert isinstance(look(**files).asked, NotProvable)


def test_old_releases_of_setuptools_ask_for_wheel(look):
    found = look(setup_py=f"{SETUP}setup(setup_requires=['six'])")
    assert found.asked_in(OLD) == ("wheel", "six")
    assert found.asked_in({}) is None
    assert found.modules == {"setuptools.build_meta": "pyproject.toml"}
