"""Adding dependencies to manifests in each dialect, and removing them again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from interlock.manifest.editing.bounds import conda_bound, pypi_bound
from interlock.manifest.editing.channels import with_channels
from interlock.manifest.editing.dependency import Dependency, Place, read_spec
from interlock.manifest.editing.edit import add, remove
from interlock.manifest.editing.manifest_text import ManifestText
from interlock_hooks.types import BuildMode, InterlockError

PIXI = """\
[workspace]
channels = ["conda-forge"]   # the only one
platforms = ["linux-64"]

[dependencies]
python = "3.12.*"
zlib = { version = "1.*", channel = "conda-forge" }

[tasks]
x = "y"
"""
PYPROJECT = """\
[project]
name = "x"
version = "1"
dependencies = ["a", "c"]

[tool.pixi.workspace]
channels = ["conda-forge"]
platforms = ["linux-64", "osx-arm64"]

[tool.ruff]
line-length = 120
"""
PROJECT = """\
[project]
name = "x"
version = "1"
dependencies = [
    "torch>=2",  # the reason for all this
]
"""
YML = """\
name: x
dependencies:
  # The interpreter.
  - python=3.12
  - zlib  # compresses
  - pip:
    - requests[socks] >=2
"""
FILES = {"pixi.toml": PIXI, "pyproject.toml": PYPROJECT, "uv/pyproject.toml": PROJECT, "environment.yml": YML}
EVERYWHERE = Place()


def manifest(tmp_path: Path, name: str, text: str | None = None) -> ManifestText:
    return ManifestText(tmp_path / name, FILES[name] if text is None else text)


def pypi(text: str, **more: Any) -> Dependency:
    found = read_spec(text).pypi
    assert found is not None
    return replace(found, **more)


def conda(text: str) -> Dependency:
    found = read_spec(text).conda
    assert found is not None
    return found


def added(before: ManifestText, *dependencies: Dependency, place: Place = EVERYWHERE) -> list[tuple[str, Any, Any]]:
    """The key, the old and the new value of each change."""
    return [(str(each.where.key), each.old, each.new) for each in before.changes(add(before, dependencies, place))]


@pytest.mark.parametrize(
    ("name", "dependency", "place", "changes"),
    [
        ("pixi.toml", conda("numpy"), EVERYWHERE, [("dependencies.numpy", None, "*")]),
        ("pixi.toml", conda("python=3.13"), EVERYWHERE, [("dependencies.python", "3.12.*", "3.13.*")]),
        (
            "pixi.toml",
            conda("zlib>=2"),
            EVERYWHERE,
            [
                (
                    "dependencies.zlib",
                    {"version": "1.*", "channel": "conda-forge"},
                    {"version": ">=2", "channel": "conda-forge"},
                )
            ],
        ),
        (
            "pixi.toml",
            conda("conda-forge::numpy=2"),
            EVERYWHERE,
            [("dependencies.numpy", None, {"version": "2.*", "channel": "conda-forge"})],
        ),
        ("pixi.toml", pypi("Flask>=3"), Place(feature="web"), [("feature.web.pypi-dependencies.flask", None, ">=3")]),
        ("pixi.toml", conda("gcc"), Place(platform="linux"), [("target.linux.dependencies.gcc", None, "*")]),
        (
            "pixi.toml",
            pypi("lib @ git+https://host/lib@v1#subdirectory=py"),
            EVERYWHERE,
            [("pypi-dependencies.lib", None, {"git": "https://host/lib", "rev": "v1", "subdirectory": "py"})],
        ),
        ("pyproject.toml", pypi("b[x]>=1"), EVERYWHERE, [("project.dependencies[1]", None, "b[x]>=1")]),
        ("pyproject.toml", pypi("A>=1"), EVERYWHERE, [("project.dependencies[0]", "a", "a>=1")]),
        ("pyproject.toml", conda("numpy"), EVERYWHERE, [("tool.pixi.dependencies.numpy", None, "*")]),
        (
            "pyproject.toml",
            pypi("lib", source={"path": "./lib", "editable": True}),
            EVERYWHERE,
            [("tool.pixi.pypi-dependencies.lib", None, {"path": "./lib", "editable": True})],
        ),
        ("uv/pyproject.toml", pypi("flash-attn"), EVERYWHERE, [("project.dependencies[1]", None, "flash-attn")]),
        ("uv/pyproject.toml", pypi("pytest"), Place(feature="dev"), [("dependency-groups.dev[0]", None, "pytest")]),
        (
            "uv/pyproject.toml",
            pypi("lib", source={"git": "https://host/lib", "tag": "v1"}),
            EVERYWHERE,
            [
                ("project.dependencies[1]", None, "lib"),
                ("tool.uv.sources.lib", None, {"git": "https://host/lib", "tag": "v1"}),
            ],
        ),
        (
            "uv/pyproject.toml",
            pypi("triton"),
            Place(platform="linux"),
            [("project.dependencies[1]", None, "triton ; sys_platform == 'linux'")],
        ),
        ("environment.yml", conda("numpy>=2"), EVERYWHERE, [("dependencies[0]", None, "numpy>=2")]),
        ("environment.yml", conda("zlib=1.3"), EVERYWHERE, [("dependencies[1]", "zlib", "zlib=1.3")]),
        ("environment.yml", pypi("flash_attn"), EVERYWHERE, [("dependencies[2].pip[1]", None, "flash-attn")]),
        ("environment.yml", conda("python"), EVERYWHERE, []),
        (
            "environment.yml",
            pypi("Requests>=3"),
            EVERYWHERE,
            [("dependencies[2].pip[0]", "requests[socks] >=2", "requests[socks]>=3")],
        ),
    ],
)
def test_a_dependency_is_written_in_the_words_of_the_file(
    tmp_path: Path, name: str, dependency: Dependency, place: Place, changes: list[tuple[str, Any, Any]]
) -> None:
    assert added(manifest(tmp_path, name), dependency, place=place) == changes


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("pixi.toml", "pypi-options.no-build-isolation[0]"),
        ("pyproject.toml", "tool.pixi.pypi-options.no-build-isolation[0]"),
        ("uv/pyproject.toml", "tool.uv.no-build-isolation-package[0]"),
    ],
)
def test_a_mode_is_written_in_the_words_of_the_file(tmp_path: Path, name: str, key: str) -> None:
    before = manifest(tmp_path, name)
    isolated = added(before, pypi("ext", mode=BuildMode.NO_ISOLATION))
    assert (key, None, "ext") in isolated
    matched = add(before, [pypi("ext", mode=BuildMode.NO_ISOLATION), pypi("ext", mode=BuildMode.MATCHED)], EVERYWHERE)
    assert ("tool.interlock.build.packages.ext.mode", None, "matched") in [
        (each.where.key, each.old, each.new) for each in before.changes(matched)
    ]
    assert "isolation" not in matched.text


def test_the_mode_of_a_package_in_an_environment_yml_is_beside_it(tmp_path: Path) -> None:
    builds = ManifestText(tmp_path / "pyproject.toml", '[tool.uv]\nno-build-isolation-package = ["Ext"]\n')
    before = replace(manifest(tmp_path, "environment.yml"), builds=builds)
    for mode in (BuildMode.NO_ISOLATION, BuildMode.MATCHED):
        after = add(before, [pypi("ext", mode=mode)], EVERYWHERE)
        changes = before.changes(after)
        assert [each.where.key for each in changes][:2] == [
            "dependencies[2].pip[1]",
            "tool.interlock.build.packages.ext.mode",
        ]
        assert changes[1].where.file.endswith("pyproject.toml")
        assert ("no-build-isolation" in after.modes.text) == (mode is BuildMode.NO_ISOLATION)


@pytest.mark.parametrize("name", FILES)
def test_what_is_added_and_removed_leaves_no_trace(tmp_path: Path, name: str) -> None:
    before = manifest(tmp_path, name)
    new = [pypi("flash-attn"), pypi("b[x]>=1 ; python_version < '4'")]
    new += [pypi("ext", mode=BuildMode.MATCHED), pypi("other", mode=BuildMode.NO_ISOLATION)]
    if name != "environment.yml":
        new += [pypi("lib", source={"git": "https://host/lib"})]
    if name != "uv/pyproject.toml":
        new += [conda("numpy"), conda("conda-forge::pandas=2")]
    after = add(before, new, EVERYWHERE)
    assert after.text != before.text
    gone = [entry for entry in after.entries if entry.name in {dependency.name for dependency in new}]
    assert len(gone) == len(new)
    removed = remove(after, gone)
    assert (removed.text, removed.modes.text) == (before.text, before.modes.text)


def test_a_name_in_another_spelling_is_the_same_package(tmp_path: Path) -> None:
    before = manifest(
        tmp_path, "uv/pyproject.toml", PROJECT.replace("torch>=2", "Foo_Bar[x]>=1 ; sys_platform == 'linux'")
    )
    assert added(before, pypi("foo.bar[y]>=2")) == [
        (
            "project.dependencies[0]",
            "Foo_Bar[x]>=1 ; sys_platform == 'linux'",
            "Foo_Bar[x,y]>=2 ; sys_platform == 'linux'",
        )
    ]


@pytest.mark.parametrize(
    ("name", "dependency", "place"),
    [
        ("uv/pyproject.toml", conda("numpy"), EVERYWHERE),
        ("uv/pyproject.toml", pypi("numpy"), Place(platform="nowhere")),
        ("pixi.toml", conda("numpy"), Place(platform="win-64")),
        ("environment.yml", conda("numpy"), Place(feature="dev")),
        ("environment.yml", conda("numpy"), Place(platform="linux-64")),
    ],
)
def test_what_has_no_place_is_refused(tmp_path: Path, name: str, dependency: Dependency, place: Place) -> None:
    with pytest.raises(InterlockError) as error:
        add(manifest(tmp_path, name), [dependency], place)
    (finding,) = error.value.findings
    assert finding.code == "IL132"
    assert finding.where is not None
    assert finding.fix


@pytest.mark.parametrize("name", FILES)
def test_another_marker_is_another_entry_or_refused(tmp_path: Path, name: str) -> None:
    one, other = pypi("x>=1 ; os_name == 'nt'"), pypi("X>=2 ; os_name == 'posix'")
    before = manifest(tmp_path, name)
    after = add(before, [one], EVERYWHERE)
    assert add(after, [one], EVERYWHERE).text == after.text
    if name == "pixi.toml":
        with pytest.raises(InterlockError) as error:
            add(after, [other], EVERYWHERE)
        (finding,) = error.value.findings
        assert (finding.code, finding.where and finding.where.key) == ("IL132", "pypi-dependencies.x")
        return
    (change,) = after.changes(add(after, [other], EVERYWHERE))
    assert (change.old, str(change.new).lower()) == (None, "x>=2 ; os_name == 'posix'")


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        (PIXI, EVERYWHERE, [("workspace.channels[1]", None, "new")]),
        (PIXI.replace("[workspace]", "[project]"), Place(feature="x"), [("project.channels[1]", None, "new")]),
        (
            f"{PIXI}[feature.x]\nchannels = []\n",
            Place(feature="x"),
            [("feature.x.channels[0]", None, "conda-forge"), ("feature.x.channels[1]", None, "new")],
        ),
        (
            PIXI.replace('["conda-forge"]', '[{ channel = "new" }]'),
            EVERYWHERE,
            [("workspace.channels[1]", None, "conda-forge")],
        ),
    ],
)
def test_channels_go_after_those_of_the_place(tmp_path: Path, text: str, place: Place, expected: list[object]) -> None:
    before = manifest(tmp_path, "pixi.toml", text)
    changes = before.changes(with_channels(before, ["conda-forge", "new"], place))
    assert [(each.where.key, each.old, each.new) for each in changes] == expected


def test_a_manifest_without_a_list_of_channels_gets_none(tmp_path: Path) -> None:
    for name in ("uv/pyproject.toml", "environment.yml"):
        before = manifest(tmp_path, name)
        assert with_channels(before, ["new"], EVERYWHERE) == before


def test_what_an_environment_yml_says_of_a_package_stays(tmp_path: Path) -> None:
    text = "dependencies:\n- forge::tool=1.2=py_0\n- pip:\n  - lib==1 --hash=sha256:00\n"
    before = manifest(tmp_path, "environment.yml", text)
    assert "- forge::tool>=2\n" in add(before, [conda("tool>=2")], EVERYWHERE).text
    assert "- lib>=2\n" in add(before, [pypi("lib>=2")], EVERYWHERE).text
    twice = manifest(tmp_path, "environment.yml", "dependencies: ['tool>=1', 'tool<3']\n")
    with pytest.raises(InterlockError):
        add(twice, [conda("tool>=2")], EVERYWHERE)


def test_a_path_without_a_name_is_the_project_in_it(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "pyproject.toml").write_text('[project]\nname = "The_Lib"\n')
    text = "dependencies:\n- pip:\n  - -e ./lib\n  - other\n"
    before = manifest(tmp_path, "environment.yml", text)
    assert [entry.name for entry in before.entries] == ["the-lib", "other"]
    (entry, _) = before.entries
    assert remove(before, [entry]).text == "dependencies:\n- pip:\n  - other\n"
    editable = pypi("the-lib", source={"path": "./lib", "editable": True})
    assert add(before, [editable], EVERYWHERE).text == text
    assert add(before, [replace(editable, source={"path": "./lib"})], EVERYWHERE).text == text.replace("-e ", "")


def test_options_of_pip_are_no_packages(tmp_path: Path) -> None:
    options = ["--index-url https://host/simple", "--find-links ./torch", "-r more/tests.txt"]
    text = "dependencies:\n- python\n- pip:\n" + "".join(f"  - {line}\n" for line in (*options, "zlib"))
    before = manifest(tmp_path, "environment.yml", text)
    assert [entry.name for entry in before.entries] == ["python", "zlib"]
    after = add(before, [pypi("torch"), pypi("simple")], EVERYWHERE)
    assert after.text == text.replace("  - zlib\n", "  - simple\n  - torch\n  - zlib\n")


def test_a_source_in_another_spelling_is_changed(tmp_path: Path) -> None:
    text = FILES["uv/pyproject.toml"] + '[tool.uv.sources]\nMy_Lib = { path = "lib" }\n'
    before = manifest(tmp_path, "uv/pyproject.toml", text)
    after = add(before, [pypi("my.lib", source={"git": "https://host/lib"})], EVERYWHERE)
    assert after.data["tool"]["uv"]["sources"] == {"My_Lib": {"git": "https://host/lib"}}


def test_what_is_added_for_a_platform_twice_is_listed_once(tmp_path: Path) -> None:
    before, place = manifest(tmp_path, "uv/pyproject.toml"), Place(platform="linux-64")
    limited = [pypi("lib ; python_version < '3.13' or extra == 'x'")]
    after = add(before, limited, place)
    assert after.text != before.text
    assert add(after, limited, place).text == after.text


def test_the_first_of_a_sorted_list_goes_above_the_comment_of_the_next(tmp_path: Path) -> None:
    after = add(manifest(tmp_path, "environment.yml"), [conda("numpy")], EVERYWHERE)
    assert "dependencies:\n  - numpy\n  # The interpreter.\n  - python=3.12\n" in after.text


def test_lists_in_one_line_of_an_environment_yml(tmp_path: Path) -> None:
    text = "dependencies: [python, zlib]\n"
    before = manifest(tmp_path, "environment.yml", text)
    assert add(before, [conda("numpy>=1,<2")], EVERYWHERE).text == 'dependencies: ["numpy>=1,<2", python, zlib]\n'
    assert add(before, [pypi("ext")], EVERYWHERE).data == {"dependencies": ["pip", "python", "zlib", {"pip": ["ext"]}]}


def test_a_pip_section_is_made_and_goes_with_its_last_line(tmp_path: Path) -> None:
    before = manifest(tmp_path, "environment.yml", "dependencies:\n- python\n- zlib\n")
    after = add(before, [pypi("ext>=1")], EVERYWHERE)
    assert after.text == "dependencies:\n- pip\n- python\n- zlib\n- pip:\n    - ext>=1\n"
    (gone,) = [entry for entry in after.entries if entry.name == "ext"]
    assert remove(after, [gone]).text == "dependencies:\n- pip\n- python\n- zlib\n"


@pytest.mark.parametrize("text", ["./lib", "", "numpy>>2", "a b c d"])
def test_what_is_no_package_is_refused(text: str) -> None:
    with pytest.raises(InterlockError) as error:
        read_spec(text)
    assert error.value.findings[0].code == "IL131"


def test_who_can_read_a_spec() -> None:
    both = read_spec("numpy>=2")
    assert both.conda
    assert both.pypi
    assert read_spec("python=3.12").pypi is None
    assert read_spec("conda-forge::foo").pypi is None
    for text in ("torch[x]>=2", "torch ; sys_platform == 'linux'", "lib @ https://host/lib-1.tar.gz", "x===1"):
        assert read_spec(text).conda is None, text


@pytest.mark.parametrize(
    ("name", "versions", "bound"),
    [
        ("numpy", ("2.1.3", "2.1.3"), ">=2.1.3,<3"),
        ("numpy", ("1.26.0", "2.1.3"), ">=1.26.0,<3"),
        ("ruff", ("0.5.2", "0.5.2"), ">=0.5.2,<0.6"),
        ("tiny", ("0.0.3", "0.0.3"), ">=0.0.3,<0.0.4"),
        ("python", ("3.12.7", "3.12.7"), ">=3.12.7,<3.13"),
        ("tzdata", ("2024a", "2024a"), ">=2024a,<2025"),
        ("x", ("1!2.0", "1!2.0"), ">=1!2.0,<1!3"),
        ("zero", ("0", "0"), ">=0,<1"),
    ],
)
def test_bounds_of_conda_packages(name: str, versions: tuple[str, str], bound: str) -> None:
    assert conda_bound(name, *versions) == bound


def test_bounds_of_pypi_packages() -> None:
    assert pypi_bound("2.6.0+cu124") == ">=2.6.0"
    assert pypi_bound("1.0rc1") == ">=1.0rc1"


LISTS = """\
[project]
name = "x"
dependencies = [{project}]
[dependency-groups]
a = [{a}]
b = [{b}]
[project.optional-dependencies]
c = ["lib"]
[tool.uv.sources]
lib = {lib}
"""


def with_lists(tmp_path: Path, lib: str, project: str = "", a: str = "", b: str = "") -> ManifestText:
    return manifest(tmp_path, "uv/pyproject.toml", LISTS.format(lib=lib, project=project, a=a, b=b))


@pytest.mark.parametrize(
    ("before", "feature", "after"),
    [
        ("[]", "b", {"git": "https://new", "group": "b"}),
        ("[]", "c", {"git": "https://new"}),
        ('{ path = "p", group = "a" }', "b", [{"path": "p", "group": "a"}, {"git": "https://new", "group": "b"}]),
        ('[{ path = "p", group = "b" }, { path = "q", extra = "c" }]', "b", None),
        ('{ git = "https://new" }', "b", {"git": "https://new"}),
    ],
)
def test_a_source_of_one_list_is_not_that_of_others(tmp_path: Path, before: str, feature: str, after: Any) -> None:
    found = with_lists(tmp_path, before)
    lib = pypi("lib", source={"git": "https://new"})
    new = add(found, [lib], Place(feature=feature)).data["tool"]["uv"]["sources"]["lib"]
    alone = {"git": "https://new"} | ({"group": "b"} if feature == "b" else {})
    assert new == ([{"path": "q", "extra": "c"}, alone] if after is None else after)


def test_a_source_for_all_lists_cannot_be_another_one_in_one_of_them(tmp_path: Path) -> None:
    lib = pypi("lib", source={"git": "https://new"})
    found = with_lists(tmp_path, '{ path = "p" }')
    with pytest.raises(InterlockError) as raised:
        add(found, [lib], Place(feature="b"))
    (finding,) = raised.value.findings
    assert (finding.code, finding.where and finding.where.line) == ("IL132", 10)
    assert "project.optional-dependencies.c[0] (line 8)" in finding.why
    # A list of its own has no other reader.
    alone = add(found, [lib], Place(feature="c"))
    assert alone.data["tool"]["uv"]["sources"]["lib"] == {"git": "https://new"}
    everywhere = add(found, [lib], EVERYWHERE)
    assert everywhere.data["tool"]["uv"]["sources"]["lib"] == {"git": "https://new"}


def test_a_source_goes_with_its_list(tmp_path: Path) -> None:
    both = '[{ path = "p", group = "b" }, { path = "q", extra = "c" }]'
    found = with_lists(tmp_path, both, b='"lib"')
    gone = [entry for entry in found.entries if entry.place == Place(feature="b")]
    assert remove(found, gone).data["tool"]["uv"]["sources"] == {"lib": {"path": "q", "extra": "c"}}
    assert "uv" not in remove(found, found.entries).data.get("tool", {})
    headers = with_lists(tmp_path, "{}").text.replace(
        "lib = {}\n", "[[tool.uv.sources.lib]]\npath = 'p'\ngroup = 'a'\n"
    )
    new = add(replace(found, text=headers), [pypi("lib", source={"git": "https://new"})], Place(feature="b"))
    assert new.data["tool"]["uv"]["sources"]["lib"] == [
        {"path": "p", "group": "a"},
        {"git": "https://new", "group": "b"},
    ]


def named(tmp_path: Path) -> ManifestText:
    """An environment.yml that names a requirements file, which names another one."""
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "inner.txt").write_bytes(b"b==1 \\\r\n  --hash=sha256:aa\r\n")
    lines = ("# A.", "a[x]<2  # why", "-r more/inner.txt -c absent.txt", "c ; os_name == 'nt'", "-e ./d#egg=d")
    (tmp_path / "all.in").write_text("\n".join(lines))
    text = "dependencies:\n- python\n- pip:\n  - '-r all.in'\n  - e\n  - |\n    f\n    # G.\n    g # why\n"
    (tmp_path / "environment.yml").write_text(text)
    return ManifestText.read(tmp_path / "environment.yml")


def texts(found: ManifestText) -> list[str]:
    return [each.text for each in (found, *found.lists)]


def test_packages_of_requirements_files_are_edited_where_they_are(tmp_path: Path) -> None:
    before = named(tmp_path)
    yml, outer, inner = texts(before)
    assert [entry.name for entry in before.entries] == ["python", "e", "f", "g", "a", "c", "d", "b"]
    places = [(before.where(entry).file or "").rpartition("/")[2] for entry in before.entries]
    assert places == ["environment.yml"] * 4 + ["all.in"] * 3 + ["inner.txt"]
    assert [before.where(entry).line for entry in before.entries] == [2, 5, 7, 9, 2, 4, 5, 1]

    after = add(before, [pypi("A>=3"), pypi("b==2"), pypi("g>=1"), pypi("new")], EVERYWHERE)
    assert texts(after) == [
        yml.replace("g # why", "g>=1 # why") + "  - new\n",
        outer.replace("a[x]<2", "a[x]>=3"),
        "b==2\r\n",
    ]
    assert [(each.where.line, each.old, each.new) for each in before.changes(after)] == [
        (9, "g # why", "g>=1 # why"),
        (10, None, "new"),
        (2, "a[x]<2  # why", "a[x]>=3  # why"),
        (1, "b==1   --hash=sha256:aa", "b==2"),
    ]
    other = add(before, [pypi("c>=1 ; os_name == 'posix'")], EVERYWHERE)
    assert texts(other)[1] == outer.replace("\n-e", "\nc>=1 ; os_name == 'posix'\n-e")

    gone = [entry for entry in before.entries if entry.name != "python"]
    left = "dependencies:\n- python\n- pip:\n  - '-r all.in'\n"
    assert texts(remove(before, gone)) == [left, "# A.\n-r more/inner.txt -c absent.txt", ""]
    (f,) = (entry for entry in gone if entry.name == "f")
    assert texts(remove(before, [f])) == [yml.replace("    f\n", ""), outer, inner]


@pytest.mark.parametrize(("also", "listed"), [("", "# A.\na\nb>=1\n"), ("  - z\n", None)])
def test_the_only_list_of_packages_stays_that(tmp_path: Path, also: str, listed: str | None) -> None:
    (tmp_path / "list.txt").write_text("# A.\na\n")
    (tmp_path / "environment.yml").write_text(f"dependencies:\n- pip:\n  - -r list.txt\n{also}")
    after = add(ManifestText.read(tmp_path / "environment.yml"), [pypi("b>=1")], EVERYWHERE)
    assert texts(after)[1] == (listed or "# A.\na\n")
    assert ("b>=1" in after.text) is (listed is None)


def test_a_package_of_two_files_is_ambiguous(tmp_path: Path) -> None:
    before = named(tmp_path)
    before = replace(before, text=before.text.replace("- e\n", "- a\n"))
    with pytest.raises(InterlockError) as raised:
        add(before, [pypi("a>=1")], EVERYWHERE)
    (finding,) = raised.value.findings
    assert finding.code == "IL132"
    assert "environment.yml:5, " in finding.why
    assert finding.why.endswith("all.in:2")
