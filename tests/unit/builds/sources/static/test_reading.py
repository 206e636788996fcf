from __future__ import annotations

from pathlib import Path

import pytest

from interlock.builds.sources.static.facts import Known, NotProvable, StaticMetadata
from interlock.builds.sources.static.reading import read_static


@pytest.fixture
def read(tmp_path):
    def read(**files: str) -> StaticMetadata:
        for name, text in files.items():
            (tmp_path / name.replace("_", ".")).write_text(text, encoding="utf-8")
        return read_static(tmp_path)

    return read


def values(found: StaticMetadata) -> tuple:
    facts = (found.name, found.version, found.requires_python, found.requires_dist, found.extras)
    return tuple(fact.value if isinstance(fact, Known) else None for fact in facts)


BUILD = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
SETUP = "from setuptools import setup\nsetup({})\n"


def test_setup_py_alone(read):
    found = read(
        setup_py=SETUP.format(
            "name='X', version='1.0.0', python_requires='>=3.8', install_requires=['a'],\n"
            "extras_require={'T_x': ['b[y]>1; os_name==\"nt\"'], ':sys_platform==\"linux\"': ['c'], 'e': []}"
        )
    )
    assert values(found) == (
        "X",
        "1.0.0",
        ">=3.8",
        ("a", 'b[y]>1; os_name == "nt" and extra == "t-x"', 'c; sys_platform == "linux"'),
        ("t-x", "e"),
    )
    assert found.requires_dist == Known(found.requires_dist.value, "setup.py:2, setup.py:3")
    assert found.obstacle is None


def test_what_declares_nothing_is_known_from_the_file_that_was_read(read):
    assert read(setup_py=SETUP.format("name='X', version='1.0'")).requires_dist == Known((), "setup.py")


def test_setup_cfg_alone(read):
    found = read(
        setup_cfg="""
[metadata]
name = X
version = attr: pkg.__version__
[options]
python_requires = >=3.8
install_requires =
    # why
    a>=1
    b; os_name == "nt"
[options.extras_require]
T = %(own)s
own =
    c ; os_name == "posix"
all =
    c
    d
""",
        pkg_py="__version__ = '1.2'\n",
    )
    assert values(found) == (
        "X",
        "1.2",
        ">=3.8",
        (
            "a>=1",
            'b; os_name == "nt"',
            *(f'c; os_name == "posix" and extra == "{extra}"' for extra in ("t", "own")),
            'c; extra == "all"',
            'd; extra == "all"',
        ),
        ("t", "own", "all"),
    )


def test_what_setup_py_says_counts_before_setup_cfg(read):
    found = read(
        setup_py=SETUP.format("name='X', version='', install_requires=['a'], extras_require={}"),
        setup_cfg="[metadata]\nname = Y\nversion = 2\n[options]\ninstall_requires = b\n"
        "[options.extras_require]\nt = c\n",
    )
    assert values(found) == ("X", "2", None, ("a", 'c; extra == "t"'), ("t",))


def test_requirements_that_are_in_both_places_in_turn_are_not_provable(read):
    found = read(
        setup_py="import sys\n" + SETUP.format("install_requires=['a'] if sys.platform == 'win32' else []"),
        setup_cfg="[options]\ninstall_requires = b\n",
    )
    assert "in some environments" in (found.obstacle or "")


def test_files_that_setup_cfg_and_pyproject_name(read, tmp_path):
    (tmp_path / "r.txt").write_text("a\n# no\nb  # why\n")
    found = read(setup_cfg="[options]\ninstall_requires = file: r.txt\n", setup_py=SETUP.format(""))
    assert values(found)[3] == ("a", "b")
    (tmp_path / "VERSION").write_text("1.5\n")
    found = read(
        pyproject_toml=BUILD + '[project]\nname = "x"\ndynamic = ["version", "dependencies", "optional-dependencies"]\n'
        '[tool.setuptools.dynamic]\nversion = {file = "VERSION"}\ndependencies = {file = ["r.txt"]}\n'
        "optional-dependencies.t = {file = 'r.txt'}\n"
    )
    assert values(found) == ("x", "1.5", None, ("a", "b", 'a; extra == "t"', 'b; extra == "t"'), ("t",))


def test_dynamic_fields_come_from_setup_py(read):
    found = read(
        pyproject_toml=BUILD + '[project]\nname = "x"\nversion = "1"\ndependencies = ["z"]\n'
        'dynamic = ["optional-dependencies"]\n',
        setup_py=SETUP.format("name='y', version='2', install_requires=['a'], extras_require={'t': ['b']}"),
    )
    assert values(found) == ("x", "1", None, ("z", 'b; extra == "t"'), ("t",))


def test_project_tables_of_other_backends(read):
    hatchling = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
    found = read(
        pyproject_toml=hatchling + '[project]\nname = "x"\ndynamic = ["version"]\nrequires-python = ">=3.9"\n'
        'dependencies = ["a"]\n[project.optional-dependencies]\nT = ["b"]\n'
    )
    assert values(found) == ("x", None, ">=3.9", ("a", 'b; extra == "t"'), ("t",))
    found = read(pyproject_toml=hatchling + '[project]\nname = "x"\nversion = "1"\ndynamic = ["dependencies"]\n')
    assert values(found) == ("x", "1", None, None, ())
    assert found.obstacle == "dependencies in [project] is dynamic, and only hatchling.build knows it"


def test_flit_before_pep_621(read):
    found = read(
        pyproject_toml='[build-system]\nrequires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"\n'
        '[tool.flit.metadata]\nmodule = "pkg"\ndist-name = "x"\nrequires-python = ">=3"\nrequires = ["a"]\n'
        'dev-requires = ["b"]\n[tool.flit.metadata.requires-extra]\nt = ["c"]\n',
        pkg_py='"""Doc."""\n__version__ = "3"\n',
    )
    assert values(found) == ("x", "3", ">=3", ("a", 'c; extra == "t"', 'b; extra == "dev"'), ("t", "dev"))


POETRY = """[build-system]
requires = ["poetry-core"]
build-backend = "poetry.core.masonry.api"
[tool.poetry]
name = "x"
version = "1.0"
description = ""
authors = []
[tool.poetry.dependencies]
python = "^3.8"
a = "^1.2"
b = { version = "*", optional = true, markers = "os_name == 'nt'" }
c = [{ version = "1.0", python = "<3.10" }, { version = "2.0", python = ">=3.10" }]
[tool.poetry.extras]
T = ["b"]
"""


def test_poetry_before_pep_621(read):
    found = read(pyproject_toml=POETRY)
    assert values(found) == (
        "x",
        "1.0",
        "<4.0,>=3.8",
        (
            "a<2.0,>=1.2",
            'b; os_name == "nt" and extra == "t"',
            'c==1.0; python_version < "3.10"',
            'c==2.0; python_version >= "3.10"',
        ),
        ("t",),
    )


def test_poetry_with_what_project_calls_dynamic(read):
    project = '[project]\nname = "x"\nversion = "2"\nrequires-python = ">=3.8"\ndynamic = ["dependencies"]\n'
    found = read(pyproject_toml=project + POETRY.replace("^3.8", ">=3.8"))
    assert values(found)[:2] == ("x", "2")
    assert "a<2.0,>=1.2" in values(found)[3]
    older = POETRY.replace('["poetry-core"]', '["poetry-core<2"]')
    assert "does not read [project]" in (read(pyproject_toml=project + older).obstacle or "")


def test_poetry_with_a_version_from_version_control(read):
    for plugged in (
        POETRY.replace('["poetry-core"]', '["poetry-core", "poetry-dynamic-versioning"]'),
        POETRY.replace('"poetry-core"', '"poetry_dynamic_versioning"').replace(
            "poetry.core.masonry.api", "poetry_dynamic_versioning.backend"
        ),
    ):
        found = read(pyproject_toml=plugged)
        assert isinstance(found.version, NotProvable)
        assert found.obstacle is None


def test_setuptools_ignores_what_stands_beside_project(read):
    script = "import x\n" + SETUP.format("**x.y()")
    project = '[project]\nname = "x"\nversion = "1"\n'
    assert values(read(pyproject_toml=BUILD + project, setup_py=script))[3] == ()
    older = BUILD.replace('"setuptools"', '"setuptools<69"', 1)
    assert "neither has nor" in (read(pyproject_toml=older + project, setup_py=script).obstacle or "")
    dynamic = project + 'dynamic = ["dependencies"]\n'
    assert "only known when it runs" in (read(pyproject_toml=BUILD + dynamic, setup_py=script).obstacle or "")


UNPROVABLE = {
    "an unknown plugin": (
        {"pyproject_toml": BUILD.replace('"setuptools"', '"setuptools", "pbr"'), "setup_py": SETUP.format("")},
        "pbr is a build requirement",
    ),
    "an unknown plugin in setup_requires": (
        {"setup_py": SETUP.format("setup_requires=['pbr'], pbr=True")},
        "pbr is a build requirement",
    ),
    "plugins that are not known": (
        {"setup_py": "import x\n" + SETUP.format("setup_requires=x.y()")},
        "setup_requires in setup.py",
    ),
    "an old setuptools": (
        {"pyproject_toml": BUILD.replace('"setuptools"', '"setuptools<40"'), "setup_py": SETUP.format("")},
        "a release of setuptools that reads less",
    ),
    "a setuptools before [project]": (
        {"pyproject_toml": BUILD.replace('"setuptools"', '"setuptools<61"') + '[project]\nname = "x"\nversion = "1"\n'},
        "a release of setuptools that reads less",
    ),
    "a path of poetry": (
        {"pyproject_toml": POETRY.replace('"^1.2"', '{ path = "../a" }')},
        "[tool.poetry]",
    ),
    "a broken table of poetry": ({"pyproject_toml": POETRY.replace('"^1.2"', "1")}, "[tool.poetry]"),
    "a backend of its own": (
        {"pyproject_toml": '[build-system]\nrequires = []\nbuild-backend = "own"\nbackend-path = ["."]\n'},
        "only the build backend own knows it",
    ),
    "setuptools wrapped": (
        {
            "pyproject_toml": '[build-system]\nrequires = []\nbuild-backend = "setuptools.build_meta"\n'
            'backend-path = ["."]\n'
        },
        "only the build backend",
    ),
    "a broken pyproject.toml": ({"pyproject_toml": "["}, "pyproject.toml cannot be read"),
    "a broken setup.cfg": ({"setup_cfg": "x", "setup_py": SETUP.format("")}, "setup.cfg is not valid"),
    "a file that is not there": (
        {"setup_cfg": "[options]\ninstall_requires = file: r.txt\n", "setup_py": SETUP.format("")},
        "cannot be read: r.txt",
    ),
    "another requirements file": (
        {"setup_cfg": "[options]\ninstall_requires = file: r\n", "r": "-r other.txt\n"},
        "not a valid requirement",
    ),
    "a marker on one line": (
        {"setup_cfg": "[options]\ninstall_requires = a; os_name == 'nt'\n"},
        "not a valid requirement",
    ),
    "a field that [project] neither has nor calls dynamic": (
        {
            "pyproject_toml": BUILD + '[project]\nname = "x"\nversion = "1"\n',
            "setup_py": SETUP.format("install_requires=['a']"),
        },
        "neither has nor calls dynamic",
    ),
    "a place": (
        {"pyproject_toml": BUILD + '[project]\nname = "x"\nversion = "1"\ndependencies = ["a @ {root:uri}"]\n'},
        "the backend fills in",
    ),
    "a range that is none": ({"setup_py": SETUP.format("python_requires='three'")}, "not a range of versions"),
    "an extra that is none": ({"setup_py": SETUP.format("extras_require={'x\"y': ['a']}")}, "not the name of an extra"),
}


@pytest.mark.parametrize(("files", "reason"), UNPROVABLE.values(), ids=UNPROVABLE)
def test_what_only_a_backend_knows_is_not_provable(files, reason, read):
    assert reason in (read(**files).obstacle or "it is provable")


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"setup_py": SETUP.format("use_scm_version=True, version='1'")}, "version control"),
        (
            {"setup_py": SETUP.format("version='1'"), "setup_cfg": "[egg_info]\ntag_build = dev\n"},
            "adds to the version",
        ),
        ({"setup_cfg": "[metadata]\nversion = attr: p.v\n", "p_py": "v = f()\n"}, "not a literal"),
        ({"setup_cfg": "[metadata]\nversion = attr: p.v\n", "p_py": "v = '1'\nif x:\n    v = '2'\n"}, "assigned once"),
        ({"setup_py": SETUP.format("version='one'")}, "not a version"),
        ({"pyproject_toml": BUILD + "[tool.setuptools_scm]\n", "setup_py": SETUP.format("")}, "version control"),
    ],
)
def test_a_version_that_is_not_provable_leaves_the_requirements(files, reason, read):
    found = read(**files)
    assert isinstance(found.version, NotProvable)
    assert reason in found.version.reason
    assert found.obstacle is None


@pytest.mark.parametrize(
    "text", ["setuptools>=40", "setuptools<50", "setuptools<40; python_version < '3.6'", "setuptools==75.1.0"]
)
def test_ranges_of_setuptools_that_have_recent_releases(text, read):
    assert read(pyproject_toml=BUILD.replace("setuptools", text, 1), setup_py=SETUP.format("")).obstacle is None


def test_an_empty_tree_says_nothing(tmp_path: Path):
    found = read_static(tmp_path)
    assert isinstance(found.name, NotProvable)
