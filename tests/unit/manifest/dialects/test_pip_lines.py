from __future__ import annotations

from textwrap import indent

import pytest

from interlock_hooks.types import EnvironmentRequest, Finding
from manifest.conftest import Room, line

HEAD = "channels: [nodefaults, conda-forge]\ndependencies:\n  - pip:\n"


def section(lines: str) -> str:
    return HEAD + indent("".join(f"- {each}\n" for each in lines.splitlines()), "    ")


def request(room: Room, lines: str) -> EnvironmentRequest:
    return room.load(section(lines), "environment.yml").request()


def error(room: Room, lines: str) -> Finding:
    return room.error(section(lines), "environment.yml")


def warnings(room: Room, lines: str) -> list[str]:
    return [each.what for each in room.load(section(lines), "environment.yml").findings]


def test_requirements_comments_and_variables(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANTED", "2.1")
    found = request(room, "numpy>=1  # why\n'# all of it'\ntorch==${WANTED}\n'x[b,a]>=1 ; python_version < \"3.12\"'")
    assert [each.text for each in found.requirements] == [
        "numpy>=1",
        "torch==2.1",
        'x[a,b]>=1 ; python_version < "3.12"',
    ]
    assert found.requirements[0].where is not None
    assert found.requirements[0].where.line == 4


def test_conda_brings_pip_along(room: Room) -> None:
    assert [spec.spec for spec in request(room, "numpy").conda_specs] == ["pip", "python"]
    named = room.load("dependencies:\n  - pip=24\n  - pip: [numpy]\n", "environment.yml").request()
    assert [spec.spec for spec in named.conda_specs] == ["pip 24.*", "python"]


def test_indexes_as_pip_asks_them(room: Room) -> None:
    found = request(room, "-i https://a.example/simple\n--extra-index-url=https://b.example/whl\n--find-links ./w\nx")
    assert [(index.url, index.default) for index in found.pypi.indexes] == [
        ("https://b.example/whl", False),
        ("https://a.example/simple", True),
    ]
    assert found.pypi.index_strategy == "unsafe-best-match"
    assert found.pypi.find_links == (str(room.root / "w"),)
    assert request(room, "-i https://a.example/simple\nx").pypi.index_strategy is None


def test_kinds_of_artifacts_and_prereleases(room: Room) -> None:
    found = request(room, "'--no-binary :all:'\n--only-binary a,B_c\n--pre\nx --config-settings k=v -C l=m=n").pypi
    assert found.no_binary.everything
    assert found.no_build.names == {"a", "b-c"}
    assert found.prerelease == "allow"
    build = request(room, "x --config-settings k=v -C l=m=n").build
    assert build.packages[0].config_settings == (("k", "v"), ("l", "m=n"))
    assert not request(room, "'--no-binary :all:'\n'--no-binary :none:'\nx").pypi.no_binary


def test_files_are_read_from_where_they_are_and_paths_from_the_environment_file(room: Room) -> None:
    room.write("[project]\nname = 'mine'\n", "lib/pyproject.toml")
    room.write("requests>=2 \\\n  ,<3\n-c limits.txt\n./lib\n-r ../more.txt\n", "reqs/a.txt")
    room.write("urllib3<2\n", "reqs/limits.txt")
    room.write("flask\n-r reqs/a.txt\n", "more.txt")
    workspace = room.load(section("-r reqs/a.txt"), "environment.yml")
    found = workspace.request()
    uri = (room.root / "lib").as_uri()
    assert [each.text for each in found.requirements] == ["requests>=2,<3", f"mine @ {uri}", "flask"]
    assert found.constraints == ("urllib3<2",)
    read = ["environment.yml", "a.txt", "limits.txt", "more.txt"]
    assert [path.name for path in workspace.files] == [*read, "pyproject.toml"]
    assert [(each.where.file.rpartition("/")[2], each.where.line) for each in found.requirements if each.where] == [
        ("a.txt", 1),
        ("a.txt", 4),
        ("more.txt", 1),
    ]


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("numpy=1.21", "IL109"),
        ("--no-such-option x", "IL105"),
        ("-f https://a.example/links.html torch", "IL105"),
        ("-r nowhere.txt", "IL120"),
        ("-r https://a.example/requirements.txt", "IL114"),
        ("-i nothttp://x", "IL105"),
        ("'-e \"unclosed'", "IL105"),
    ],
)
def test_what_pip_could_not_read_or_interlock_cannot_do(room: Room, lines: str, code: str) -> None:
    found = error(room, lines)
    assert found.code == code
    assert line(found) == 4


def test_no_index_leaves_the_links(room: Room) -> None:
    room.write("", "wheels/x")
    found = request(room, "--no-index\n--find-links wheels\nx").pypi
    assert found.no_index
    assert found.find_links == (str(room.root / "wheels"),)
    assert not request(room, "x").pypi.no_index


@pytest.mark.parametrize("lines", ["-c a.txt\n-r a.txt", "-r a.txt\n-c a.txt\n-r a.txt"])
def test_a_file_can_name_requirements_and_constraints(room: Room, lines: str) -> None:
    room.write("requests<3\n-c a.txt\n", "a.txt")
    found = request(room, lines)
    assert [each.text for each in found.requirements] == ["requests<3"]
    assert found.constraints == ("requests<3",)


def test_options_without_an_effect_are_told(room: Room) -> None:
    assert warnings(room, "--trusted-host x\n--prefer-binary\n--require-hashes\n--require-hashes") == [
        "Interlock does not use pip's option '--trusted-host'",
        "Interlock does not use pip's option '--prefer-binary'",
        "Interlock does not use pip's option '--require-hashes'",
    ]


def test_a_requirement_has_the_hashes_one_of_which_its_file_has(room: Room) -> None:
    first, second = "A" * 64, "b" * 64
    found = request(room, f"x==1 --hash=sha256:{first} --hash sha256:{second}\ny").requirements
    assert [each.hashes for each in found] == [(first.lower(), second), ()]
    room.write(f"x==1 \\\n    --hash=sha256:{second}\n", "a.txt")
    (found,) = request(room, "-r a.txt").requirements
    assert found.hashes == (second,)


@pytest.mark.parametrize("value", ["sha512:0a", "sha256:0a", "0a"])
def test_a_hash_that_cannot_be_compared_is_refused(room: Room, value: str) -> None:
    found = error(room, f"x --hash={value}")
    assert (found.code, found.what) == ("IL114", f"Interlock cannot compare the hash {value!r}")


def test_the_hash_of_a_constraint_is_refused(room: Room) -> None:
    room.write(f"x==1 --hash=sha256:{'a' * 64}\n", "a.txt")
    found = error(room, "x\n-c a.txt")
    assert (found.code, found.what) == ("IL114", "Interlock does not compare the hash of a constraint")


def test_an_entry_can_be_several_lines(room: Room) -> None:
    block = "    - |  # as conda hands it to pip\n      # c\n      b>=1 \\\n        ,<2\n\n      d\n"
    text = f'{HEAD}    - a\n{block}    - "e\\nf"\n'
    found = room.load(text, "environment.yml").request().requirements
    assert [(each.text, each.where and each.where.line) for each in found] == [
        ("a", 4),
        ("b>=1,<2", 7),
        ("d", 10),
        ("e", 11),
        ("f", 11),
    ]
    refused = room.error(text.replace("      d\n", "      d==\n"), "environment.yml")
    assert (refused.code, refused.where and refused.where.line) == ("IL109", 10)
