from __future__ import annotations

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement as Pep508

from interlock.core.platforms import current_platform
from interlock.manifest.loading import load
from interlock_hooks.types import Requirement
from manifest.conftest import Room, line


def requirements(room: Room, text: str, dependencies: str = '["demo[x]>=1"]') -> tuple[Requirement, ...]:
    project = f'[project]\nname = "p"\ndependencies = {dependencies}\n'
    return room.load(project + text).request("default", current_platform()).requirements


def test_each_kind(room: Room) -> None:
    (room.root / "lib").mkdir()
    cases = {
        '{ git = "https://example.com/r", tag = "v1" }': "demo[x] @ git+https://example.com/r@v1",
        '{ url = "https://example.com/d.whl" }': "demo[x] @ https://example.com/d.whl",
        '{ path = "lib", editable = true }': f"demo[x] @ {(room.root / 'lib').as_uri()}",
        "[{ path = 'lib', package = true }]": f"demo[x] @ {(room.root / 'lib').as_uri()}",
    }
    for source, expected in cases.items():
        (found,) = requirements(room, f"[tool.uv.sources]\nDemo = {source}\n")
        assert found.text == expected
        assert found.editable is ("editable" in source)


def test_an_index(room: Room) -> None:
    (found,) = requirements(
        room,
        '[tool.uv]\nsources.demo.index = "own"\nindex = [{ name = "own", url = "https://e.com", explicit = true }]\n',
    )
    assert (found.text, found.index) == ("demo[x]>=1", "own")


INDEXES = '[[tool.uv.index]]\nname = "cpu"\nurl = "https://e.com/cpu"\n[[tool.uv.index]]\nname = "gpu"\nurl = "https://e.com/g"\n'


def test_sources_with_markers_leave_the_remainder_to_the_default_index(room: Room) -> None:
    found = requirements(
        room,
        INDEXES
        + """
[tool.uv.sources]
demo = [
  { index = "gpu", marker = "sys_platform == 'linux'" },
  { index = "cpu", marker = "sys_platform == 'darwin'" },
]
""",
        """["demo>=1 ; python_version > '3'"]""",
    )
    for system, index in (("linux", "gpu"), ("darwin", "cpu"), ("win32", None)):
        active = [item for item in found if _marker(item).evaluate({"sys_platform": system, "python_version": "3.12"})]
        assert [item.index for item in active] == [index]
        assert str(Pep508(active[0].text).specifier) == ">=1"
    assert not any(_marker(item).evaluate({"sys_platform": "linux", "python_version": "2.7"}) for item in found)


def test_a_marker_without_an_opposite_is_an_error(room: Room) -> None:
    found = room.error(
        '[project]\nname = "p"\ndependencies = ["demo"]\n'
        + INDEXES
        + "[tool.uv.sources]\ndemo = { index = 'cpu', marker = \"'3.11' ~= python_version\" }\n"
    )
    assert (found.code, line(found)) == ("IL105", 11)


def _marker(requirement: Requirement) -> Marker:
    marker = Pep508(requirement.text).marker
    assert marker is not None
    return marker


def test_sources_can_be_switched_off(room: Room) -> None:
    sources = '[tool.uv.sources]\ndemo = { url = "https://example.com/d.whl" }\n'
    (found,) = requirements(room, "[tool.uv]\nno-sources = true\n" + sources)
    assert found.text == "demo[x]>=1"
    (found,) = requirements(room, '[tool.uv]\nno-sources-package = ["Demo"]\n' + sources)
    assert found.text == "demo[x]>=1"


def test_a_direct_reference_in_the_project_is_kept(room: Room) -> None:
    sources = '[tool.uv.sources]\ndemo = { url = "https://example.com/other.whl" }\n'
    (found,) = requirements(room, sources, '["demo @ https://example.com/own.whl"]')
    assert found.text == "demo @ https://example.com/own.whl"


def test_sources_by_extra_and_group(room: Room) -> None:
    """uv's own guide to torch."""
    text = (
        """
[project]
name = "p"
dependencies = ["torch", "other"]
optional-dependencies = { cpu = ["torch>=2"], CU_128 = ["torch>=2"], all = ["p[cpu]"] }
[dependency-groups]
dev = ["torch", { include-group = "more" }]
more = ["torch"]
[tool.uv]
conflicts = [[{ extra = "cpu" }, { extra = "cu-128" }]]
[tool.uv.sources]
torch = [{ index = "cpu", extra = "cpu" }, { index = "gpu", extra = "cu-128" }, { index = "cpu", group = "more" }]
[tool.pixi.workspace]
channels = []
platforms = ["linux-64"]
[tool.pixi.environments]
cpu = { features = ["cpu"], no-default-feature = true }
gpu = { features = ["CU_128"], no-default-feature = true }
all = { features = ["all"], no-default-feature = true }
dev = { features = ["dev"], no-default-feature = true }
"""
        + INDEXES
    )
    workspace = room.load(text)
    found = {
        name: [item.index for item in workspace.request(name, "linux-64").requirements if item.name == "torch"]
        for name in workspace.environments
    }
    assert found == {"default": [None], "cpu": ["cpu"], "gpu": ["gpu"], "all": ["cpu"], "dev": [None, "cpu"]}


def test_members_of_the_workspace(room: Room) -> None:
    room.write('[project]\nname = "My_Lib"\n', "packages/lib/pyproject.toml")
    room.write('[project]\nname = "left-out"\n', "packages/old/pyproject.toml")
    workspace = '[tool.uv.workspace]\nmembers = ["packages/*"]\nexclude = ["packages/old"]\n'
    sources = "[tool.uv.sources]\ndemo = { workspace = true }\n"
    (found,) = requirements(room, workspace + sources.replace("demo", "my-lib"), '["my-lib>=1"]')
    assert found.text == f"my-lib @ {(room.root / 'packages' / 'lib').as_uri()}"
    assert found.editable
    project = '[project]\nname = "p"\ndependencies = ["left-out"]\n'
    missing = room.error(project + workspace + sources.replace("demo", "left-out"))
    assert (missing.code, missing.why) == ("IL105", "its members are: my-lib, p")


def test_a_member_names_another_one(room: Room) -> None:
    room.write('[project]\nname = "root"\n[tool.uv.workspace]\nmembers = ["libs/*"]\n')
    room.write('[project]\nname = "base"\n', "libs/base/pyproject.toml")
    member = '[project]\nname = "top"\ndependencies = ["base"]\n[tool.uv.sources]\nbase = { workspace = true }\n'
    request = room.load(member, "libs/top/pyproject.toml").request("default", current_platform())
    assert [item.text for item in request.requirements] == [f"base @ {(room.root / 'libs' / 'base').as_uri()}"]


def test_without_a_workspace_there_are_no_members(room: Room) -> None:
    text = '[project]\nname = "p"\ndependencies = ["demo"]\n[tool.uv.sources]\ndemo = { workspace = true }\n'
    assert room.error(text).code == "IL105"


def test_a_source_of_what_the_project_is_built_with_has_an_effect(room: Room) -> None:
    (room.root / "tool").mkdir()
    text = """
        [build-system]
        requires = ["My.Tool>=1"]
        [project]
        name = "demo"
        [tool.uv.sources]
        my-tool = { path = "tool" }
        other = { path = "tool" }
        """
    (warning,) = room.load(text).findings
    assert "'other'" in warning.what


MEMBER = '[project]\nname = "p"\ndependencies = ["demo"]\n[tool.uv.sources]\n'


def test_a_member_of_another_workspace(room: Room) -> None:
    room.write('[tool.uv.workspace]\nmembers = ["libs/*"]\n', "other/pyproject.toml")
    room.write('[project]\nname = "demo"\n', "other/libs/demo/pyproject.toml")
    (found,) = room.load(MEMBER + 'demo = { workspace = "other" }\n').request().requirements
    assert (found.text, found.editable) == (f"demo @ {(room.root / 'other/libs/demo').as_uri()}", True)
    wrong = room.error(MEMBER + 'demo = { workspace = "other/libs" }\n')
    assert (wrong.code, line(wrong)) == ("IL105", 5)
    assert room.error(MEMBER + "demo = { workspace = 1 }\n").code == "IL104"


def test_a_member_counts_where_its_marker_holds(room: Room) -> None:
    room.write('[project]\nname = "demo"\n', "libs/demo/pyproject.toml")
    source = """demo = { workspace = true, marker = "sys_platform == 'linux'" }\n"""
    workspace = room.load(MEMBER + source + '[tool.uv.workspace]\nmembers = ["libs/*"]\n')
    assert workspace.findings == ()
    first, second = workspace.request().requirements
    assert first.text.endswith("""; sys_platform == "linux\"""")
    assert second.text == 'demo ; (sys_platform != "linux")'


def test_a_missing_member_refuses_what_needs_it(room: Room) -> None:
    text = MEMBER.replace("dependencies = [", "optional-dependencies.x = [")
    workspace = room.load(text + "demo = { workspace = true }\n[tool.uv.workspace]\nmembers = []\n")
    assert workspace.request().requirements == ()


@pytest.mark.parametrize(
    ("source", "own", "key"),
    [
        ('{ path = "lib", package = false }', "", "package"),
        ('{ path = "lib" }', "[tool.uv]\npackage = false\n", "path"),
        ("{ workspace = true }", "[tool.uv]\npackage = false\n", "workspace"),
    ],
)
def test_what_is_not_a_package_is_refused(room: Room, source: str, own: str, key: str) -> None:
    room.write(f'[project]\nname = "demo"\n{own}', "lib/pyproject.toml")
    found = room.error(f'{MEMBER}demo = {source}\n[tool.uv.workspace]\nmembers = ["lib"]\n')
    assert found.where is not None
    assert (found.code, found.where.key) == ("IL114", f"tool.uv.sources.demo.{key}")


def test_a_source_can_insist_on_a_package(room: Room) -> None:
    room.write('[project]\nname = "demo"\n[tool.uv]\npackage = false\n', "lib/pyproject.toml")
    (found,) = room.load(MEMBER + 'demo = { path = "lib", package = true }\n').request().requirements
    assert found.text == f"demo @ {(room.root / 'lib').as_uri()}"


def test_a_source_that_nothing_uses_need_not_be_there(room: Room) -> None:
    sources = 'gone = { path = "gone" }\nmissing = { workspace = true }\n'
    workspace = room.load('[project]\nname = "p"\n[tool.uv.sources]\n' + sources)
    assert workspace.request().requirements == ()
    assert [each.code for each in workspace.findings] == ["IL107", "IL107"]


DIRECTED = """
[project]
name = "p"
[tool.uv]
override-dependencies = ["demo[x]", "plain<2"]
constraint-dependencies = ["demo<2"]
build-constraint-dependencies = ["demo ; python_version > '3'"]
[tool.uv.sources]
demo = {source}
"""


def test_sources_apply_to_constraints_and_overrides(room: Room) -> None:
    """uv takes them from there, wherever they are required."""
    workspace = room.load(DIRECTED.format(source='{ url = "https://example.com/d.whl" }'))
    request = workspace.request()
    assert request.overrides == ("demo[x] @ https://example.com/d.whl", "plain<2")
    assert request.constraints == ("demo @ https://example.com/d.whl",)
    assert request.build.constraints == ('demo @ https://example.com/d.whl ; python_version > "3"',)
    assert workspace.findings == ()

    marked = '[{ url = "https://example.com/d.whl", marker = "sys_platform == \'win32\'" }]'
    assert room.load(DIRECTED.format(source=marked)).request().constraints == (
        'demo @ https://example.com/d.whl ; sys_platform == "win32"',
        'demo<2 ; sys_platform != "win32"',
    )


def test_constraints_and_overrides_cannot_name_an_index(room: Room) -> None:
    workspace = room.load(INDEXES + DIRECTED.format(source='{ index = "cpu" }'))
    assert workspace.request().overrides == ("demo[x]", "plain<2")
    assert [each.code for each in workspace.findings] == ["IL107"]


def test_what_an_override_names_has_to_be_there(room: Room) -> None:
    found = room.error(DIRECTED.format(source='{ path = "gone" }'))
    assert found.where is not None
    assert (found.code, found.where.key) == ("IL120", "tool.uv.sources.demo.path")


def test_overrides_of_a_workspace_are_from_its_own_sources(room: Room) -> None:
    """Those of a member count for what the member lists."""
    root = '[tool.uv]\nworkspace.members = ["member"]\noverride-dependencies = ["demo", "other"]\n'
    room.write(root + '[tool.uv.sources]\nother.url = "https://example.com/o.whl"\n')
    member = '[project]\nname = "m"\n[tool.uv.sources]\ndemo.url = "https://example.com/d.whl"\n'
    assert load(room.write(member, "member/pyproject.toml")).request().overrides == (
        "demo",
        "other @ https://example.com/o.whl",
    )
