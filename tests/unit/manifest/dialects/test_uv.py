from __future__ import annotations

import pytest

from interlock.core.platforms import current_platform
from interlock_hooks.types import EnvironmentRequest, Index, Severity
from manifest.conftest import PLATFORM, Room, line

PROJECT = '[project]\nname = "demo"\ndependencies = ["torch", "numpy"]\n'


def request(room: Room, text: str) -> EnvironmentRequest:
    return room.load(PROJECT + text).request("default", current_platform())


def test_options_of_the_resolver(room: Room) -> None:
    found = request(
        room,
        """
[tool.uv]
index-url = "https://example.com/default"
extra-index-url = ["https://example.com/extra"]
find-links = ["./wheels", "https://example.com/links"]
index-strategy = "first-index"
prerelease = "if-necessary-or-explicit"
exclude-newer = "2026-01-31T00:00:00Z"
no-build-package = ["A_b"]
no-binary = true
override-dependencies = ["numpy>=2"]
constraint-dependencies = ["Torch_Vision<1"]
torch-backend = "cu124"
environments = ["sys_platform == 'linux'"]
required-environments = ["sys_platform == 'linux'"]
[[tool.uv.index]]
name = "pytorch"
url = "https://example.com/pytorch"
explicit = true
[[tool.uv.index]]
name = "flat"
url = "./flat"
format = "flat"
""",
    )
    assert found.pypi.indexes == (
        Index(url="https://example.com/pytorch", name="pytorch", explicit=True),
        Index(url=(room.root / "flat").as_uri(), name="flat", format="flat"),
        Index(url="https://example.com/extra"),
        Index(url="https://example.com/default", default=True),
    )
    assert found.pypi.find_links == (str(room.root / "wheels"), "https://example.com/links")
    assert found.pypi.index_strategy == "first-index"
    assert found.pypi.prerelease == "if-necessary-or-explicit"
    assert found.pypi.exclude_newer == "2026-01-31T00:00:00Z"
    assert found.conda_exclude_newer is None
    assert "a-b" in found.pypi.no_build
    assert found.pypi.no_binary.everything
    assert found.overrides == ("numpy>=2",)
    assert found.constraints == ("torch-vision<1",)
    assert found.torch_backend == "cu124"


def test_without_pixi_the_defaults_are_conda_forge_and_this_machine(room: Room) -> None:
    workspace = room.load('[project]\nname = "demo"\nrequires-python = ">=3.11"\n[tool.uv]\n')
    assert workspace.platforms == (current_platform(),)
    found = workspace.request()
    assert found.channels == ("conda-forge",)
    assert found.requires_python == ">=3.11"


def test_pixi_and_uv_with_different_default_indexes(room: Room) -> None:
    workspace = room.load("""
        [tool.pixi.workspace]
        channels = []
        platforms = ["linux-64"]
        [tool.pixi.workspace.pypi-options]
        index-url = "https://example.com/a"
        [tool.uv]
        index-url = "https://example.com/b"
        """)
    (found,) = workspace.findings
    assert (found.code, line(found)) == ("IL116", 6)
    assert [index.url for index in workspace.request("default", PLATFORM).pypi.indexes] == ["https://example.com/a"]


def test_settings_without_effect_are_warned_about_and_the_rest_is_left_alone(room: Room) -> None:
    workspace = room.load("""
        [tool.uv]
        cache-dir = "./cache"
        managed = true
        link-mode = "copy"
        [tool.uv.pip]
        whatever = 1
        [tool.uv.workspace]
        members = ["a"]
        """)
    assert [(item.code, line(item)) for item in workspace.findings] == [("IL114", 7)]


def test_which_versions_are_chosen(room: Room) -> None:
    found = room.request(
        """
        [tool.uv]
        no-index = true
        find-links = ["wheels"]
        resolution = "lowest-direct"
        prerelease = "disallow"
        prerelease-package = { Foo_Bar = "allow" }
        """
    ).pypi
    assert (found.no_index, found.resolution) == (True, "lowest-direct")
    assert (found.prerelease, found.prerelease_package) == ("disallow", (("foo-bar", "allow"),))
    wrong = room.errors("[tool.uv]\nresolution = 'oldest'\nprerelease-package = { a = 'yes', '-' = 'allow' }\n")
    assert [(each.code, line(each)) for each in wrong] == [("IL105", 2), ("IL105", 3), ("IL109", 3)]


def test_a_key_of_a_newer_uv_is_a_warning(room: Room) -> None:
    workspace = room.load("[tool.uv]\nfrobnicate-builds = true\n")
    (found,) = workspace.findings
    assert (found.code, line(found), found.severity) == ("IL106", 2, Severity.WARNING)


def test_a_mistyped_key_is_an_error(room: Room) -> None:
    found = room.error('[tool.uv]\nextra-build-dependency = { a = ["b"] }\n')
    assert (found.code, line(found), found.fix) == ("IL106", 2, "did you mean 'extra-build-dependencies'?")


ERRORS = {
    'torch-backend = "12.4"': ("IL105", "tool.uv.torch-backend"),
    'prerelease = "yes"': ("IL105", "tool.uv.prerelease"),
    'exclude-newer = "soon"': ("IL105", "tool.uv.exclude-newer"),
    "exclude-newer = 1": ("IL104", "tool.uv.exclude-newer"),
    'override-dependencies = ["a>>1"]': ("IL109", "tool.uv.override-dependencies[0]"),
    'no-build = "a"': ("IL104", "tool.uv.no-build"),
    "index = [{ name = 'a' }]": ("IL119", "tool.uv.index[0]"),
    "index = [{ url = 'https://a', explicit = true }]": ("IL119", "tool.uv.index[0].explicit"),
    "index = [{ url = 'https://a', default = true }, { url = 'https://b', default = true }]": (
        "IL116",
        "tool.uv.index",
    ),
    "index = [{ url = 'https://a', name = 'x' }, { url = 'https://b', name = 'x' }]": ("IL116", "tool.uv.index"),
    "index = { url = 'https://a' }": ("IL104", "tool.uv.index"),
    "sources = { a = { workspace = true } }\ndev-dependencies = ['a']": ("IL105", "tool.uv.sources.a.workspace"),
    "sources = { a = { index = 'nope' } }": ("IL105", "tool.uv.sources.a.index"),
    "sources = { a = { marker = \"sys_platform == 'x'\" } }": ("IL119", "tool.uv.sources.a"),
    "sources = { a = [{ path = 'nowhere' }] }\ndev-dependencies = ['a']": ("IL120", "tool.uv.sources.a[0].path"),
    "sources = { a = 1 }": ("IL104", "tool.uv.sources.a"),
    "dependency-metadata = [{ version = '1' }]": ("IL119", "tool.uv.dependency-metadata[0]"),
    "dependency-metadata = [{ name = 'a', requires-dist = ['b>>1'] }]": (
        "IL109",
        "tool.uv.dependency-metadata[0].requires-dist[0]",
    ),
    "extra-build-variables = { a = { B = 1 } }": ("IL104", "tool.uv.extra-build-variables.a.B"),
    "extra-build-dependencies = { a = 'b' }": ("IL104", "tool.uv.extra-build-dependencies.a"),
    "extra-build-dependencies = { a = [1] }": ("IL104", "tool.uv.extra-build-dependencies.a[0]"),
    "config-settings = { a = 1 }": ("IL104", "tool.uv.config-settings.a"),
}


@pytest.mark.parametrize(("text", "expected"), ERRORS.items())
def test_errors_name_the_key(room: Room, text: str, expected: tuple[str, str]) -> None:
    found = room.error(f"[tool.uv]\n{text}\n")
    assert found.where is not None
    assert (found.code, found.where.key, found.where.line) == (*expected, 2)


def test_a_cuda_version_as_backend_is_corrected(room: Room) -> None:
    assert room.error('[tool.uv]\ntorch-backend = "12.4"\n').fix == "write 'cu124'"


@pytest.mark.parametrize(
    ("other", "told"),
    [("", True), ("[project]\nname = 'p'\n", False), ("[tool.pixi.workspace]\nchannels = []\nplatforms = []\n", False)],
)
def test_members_of_a_workspace_without_a_project_are_said_to_be_left_out(room: Room, other: str, told: bool) -> None:
    workspace = room.load("[tool.uv.workspace]\nmembers = []\n" + other)
    assert any("members of the workspace" in each.what for each in workspace.findings) is told


def test_a_variable_that_no_build_sees_makes_no_new_one(room: Room) -> None:
    workspace = room.load(f'{PROJECT}[tool.uv]\ncache-keys = ["a.txt", {{ file = "*.c" }}, {{ env = "CC" }}]\n')
    (found,) = (each for each in workspace.findings if "'CC'" in each.what)
    assert (found.code, found.where and found.where.key) == ("IL107", "tool.uv.cache-keys[2]")


@pytest.mark.parametrize(("codes", "error"), [("[404, true]", "IL104"), ("403", "IL104"), ("[42]", "IL105")])
def test_statuses_of_an_index_that_are_none(room: Room, codes: str, error: str) -> None:
    index = f'[[tool.uv.index]]\nname = "own"\nurl = "https://example.com"\nignore-error-codes = {codes}\n'
    (found,) = room.errors(PROJECT + index)
    assert found.code == error


def test_statuses_of_an_index(room: Room) -> None:
    index = '[[tool.uv.index]]\nname = "own"\nurl = "https://example.com"\n'
    plain, none, some = (
        request(room, f"{index}{line}").pypi.indexes[0].ignore_error_codes
        for line in ("", "ignore-error-codes = []", "ignore-error-codes = [401, 403]")
    )
    assert (plain, none, some) == (None, (), (401, 403))
