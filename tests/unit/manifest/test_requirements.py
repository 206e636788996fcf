from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from interlock.manifest.requirements import parse
from manifest.conftest import Room, line

NAMES = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,6}[A-Za-z0-9])?", fullmatch=True).filter(str.isascii)
OPERATORS = st.sampled_from(["==", "!=", ">=", "<=", "<", ">", "~=", "==="])
VERSIONS = st.sampled_from(["1", "1.2", "2.6.0", "1.0rc1", "1!2.0", "2.6.0+cu124", "1.*", "2.0.dev1", "1.2.post1"])
CLAUSES = st.builds("{}{}{}".format, OPERATORS, st.sampled_from(["", " "]), VERSIONS)


@given(NAMES, st.lists(NAMES, max_size=2), st.lists(CLAUSES, max_size=3))
def test_the_short_cut_agrees_with_packaging(name: str, extras: list[str], clauses: list[str]) -> None:
    text = name + (f"[{', '.join(extras)}]" if extras else "") + " " + ", ".join(clauses)
    try:
        expected = Requirement(text)
    except ValueError:
        with pytest.raises(ValueError):
            parse(text)
        return
    found = Requirement(str(parse(text)))
    assert found.specifier == expected.specifier
    assert SpecifierSet(parse(text).specifiers) == expected.specifier
    assert found.name == parse(text).name


@given(st.text(max_size=12))
@example("0_")
def test_any_text_is_a_requirement_or_a_value_error(text: str) -> None:
    try:
        found = parse(text)
    except ValueError:
        with pytest.raises(ValueError):
            Requirement(canonicalize_name(Requirement(text).name))
    else:
        Requirement(str(found))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Flash_Attn", "flash-attn"),
        ("torch [Extra_One] >= 2 , <3", "torch[extra-one]>=2,<3"),
        ("torch>=2; python_version<'3.12'", 'torch>=2 ; python_version < "3.12"'),
        ("demo @ https://example.com/demo-1-py3-none-any.whl", "demo @ https://example.com/demo-1-py3-none-any.whl"),
        ("demo (>=1)", "demo>=1"),
    ],
)
def test_normal_form(text: str, expected: str) -> None:
    assert str(parse(text)) == expected


def test_a_bad_requirement_names_its_own_line(room: Room) -> None:
    found = room.error("""
        [project]
        name = "x"
        dependencies = [
          "numpy",
          "torch>>2",
        ]
        """)
    assert found.code == "IL109"
    assert line(found) == 5
    assert found.why


def test_bare_versions_are_explained(room: Room) -> None:
    found = room.pixi_error('[pypi-dependencies]\nnumpy = "2.1"\n')
    assert (found.code, line(found)) == ("IL105", 5)
    assert found.fix == "write '==2.1'"


TABLES = {
    '"*"': "demo",
    '">=1, <2"': "demo<2,>=1",
    '{ version = ">=1", extras = ["B", "a_c"] }': "demo[a-c,b]>=1",
    '{ git = "https://example.com/r" }': "demo @ git+https://example.com/r",
    '{ git = "https://example.com/r", tag = "v1", subdirectory = "py" }': (
        "demo @ git+https://example.com/r@v1#subdirectory=py"
    ),
    '{ git = "https://example.com/r", branch = "main", extras = ["x"] }': "demo[x] @ git+https://example.com/r@main",
    '{ git = "https://example.com/r", rev = "abc" }': "demo @ git+https://example.com/r@abc",
    '{ url = "https://example.com/demo-1.tar.gz" }': "demo @ https://example.com/demo-1.tar.gz",
    '{ version = "*", env-markers = "sys_platform == \'win32\'" }': 'demo ; sys_platform == "win32"',
}


@pytest.mark.parametrize(("value", "expected"), TABLES.items())
def test_forms_of_pixi(room: Room, value: str, expected: str) -> None:
    (found,) = room.pixi_request(f"[pypi-dependencies]\nDemo = {value}\n").requirements
    wanted = Requirement(expected)
    assert Requirement(found.text) == wanted
    assert found.name == "demo"
    assert found.where is not None
    assert (found.where.line, found.where.key) == (5, "pypi-dependencies.Demo")


def test_paths_start_from_the_manifest(room: Room) -> None:
    (room.root / "libs" / "demo").mkdir(parents=True)
    (room.root / "wheel-1-py3-none-any.whl").write_bytes(b"")
    request = room.pixi_request("""
        [pypi-dependencies]
        demo = { path = "./libs/demo", editable = true }
        deep = { path = "libs", subdirectory = "demo" }
        wheel = { path = "wheel-1-py3-none-any.whl" }
        """)
    demo, deep, wheel = request.requirements
    assert demo.text == f"demo @ {(room.root / 'libs' / 'demo').as_uri()}"
    assert demo.editable
    assert deep.text == f"deep @ {(room.root / 'libs' / 'demo').as_uri()}"
    assert not deep.editable
    assert wheel.text.endswith(".whl")


ERRORS = {
    '{ path = "nowhere" }': ("IL120", "pypi-dependencies.demo.path"),
    f'{{ path = "{"x" * 300}" }}': ("IL120", "pypi-dependencies.demo.path"),
    '{ path = ".", git = "https://example.com/r" }': ("IL116", "pypi-dependencies.demo.git"),
    '{ git = "https://example.com/r", rev = "a", tag = "b" }': ("IL116", "pypi-dependencies.demo.tag"),
    '{ path = ".", version = ">=1" }': ("IL116", "pypi-dependencies.demo.version"),
    '{ url = "./local.whl" }': ("IL105", "pypi-dependencies.demo.url"),
    '{ path = "pixi.toml", editable = true }': ("IL105", "pypi-dependencies.demo.editable"),
    '{ version = "one" }': ("IL105", "pypi-dependencies.demo.version"),
    '{ version = "*", markers = "what" }': ("IL105", "pypi-dependencies.demo.markers"),
    '{ version = "*", extras = ["-"] }': ("IL109", "pypi-dependencies.demo.extras[0]"),
    "{ version = 1 }": ("IL104", "pypi-dependencies.demo.version"),
    "3": ("IL104", "pypi-dependencies.demo"),
}


@pytest.mark.parametrize(("value", "expected"), ERRORS.items())
def test_errors_name_the_key(room: Room, value: str, expected: tuple[str, str]) -> None:
    found = room.pixi_error(f"[pypi-dependencies]\ndemo = {value}\n")
    assert found.where is not None
    assert (found.code, found.where.key, found.where.line) == (*expected, 5)


def test_an_index_by_url_serves_only_the_requirements_that_name_it(room: Room) -> None:
    request = room.pixi_request("""
        [pypi-dependencies]
        torch = { version = "*", index = "https://download.example.com/whl/cu124" }
        numpy = "*"
        """)
    torch, numpy = request.requirements
    (index,) = request.pypi.indexes
    assert index.explicit
    assert index.url == "https://download.example.com/whl/cu124"
    assert torch.index == index.name == "download-example-com-whl-cu124"
    assert numpy.index is None


def test_indexes_of_one_host_that_differ_in_the_port_have_names_of_their_own(room: Room) -> None:
    request = room.pixi_request("""
        [pypi-dependencies]
        one = { version = "*", index = "http://localhost:8001/simple" }
        two = { version = "*", index = "http://localhost:8002/simple" }
        """)
    urls = {index.name: index.url for index in request.pypi.indexes}
    assert [urls[each.index] for each in request.requirements] == [
        "http://localhost:8001/simple",
        "http://localhost:8002/simple",
    ]


def test_two_spellings_of_one_name_are_a_conflict(room: Room) -> None:
    found = room.pixi_error('[pypi-dependencies]\nflash-attn = "*"\nflash_attn = "*"\n')
    assert (found.code, line(found)) == ("IL116", 6)


@pytest.mark.parametrize("reference", ['rev = "1"', 'branch = "x"', 'tag = "x"', "lfs = true"])
def test_a_reference_without_a_repository(room: Room, reference: str) -> None:
    found = room.pixi_error(f'[pypi-dependencies]\na = {{ version = "*", {reference} }}\n')
    assert (found.code, line(found)) == ("IL119", 5)


@pytest.mark.parametrize("place", ['git = "https://example.com/a"', 'url = "https://example.com/a.whl"', 'path = "."'])
def test_an_index_beside_a_location(room: Room, place: str) -> None:
    found = room.pixi_error(f'[pypi-dependencies]\na = {{ {place}, index = "https://example.com/simple" }}\n')
    assert (found.code, line(found)) == ("IL116", 5)
