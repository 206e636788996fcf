from __future__ import annotations

import pytest

from interlock_hooks.types import EnvironmentRequest, ScopedOverride
from manifest.conftest import Room, line

NEVER = 'sys_platform == "never"'


def request(room: Room, settings: str) -> EnvironmentRequest:
    workspace = room.load(f'[project]\nname = "demo"\ndependencies = ["flask"]\n[tool.uv]\n{settings}')
    assert workspace.findings == ()
    return workspace.request()


def scoped(found: EnvironmentRequest) -> dict[tuple[str, str | None], tuple[str, ...]]:
    return {(each.package, each.version): each.requirements for each in found.scoped_overrides}


def test_an_excluded_package_is_required_nowhere(room: Room) -> None:
    found = request(room, 'exclude-dependencies = ["Werkzeug"]\noverride-dependencies = ["werkzeug>=3", "click<9"]\n')
    assert found.overrides == ("click<9", f"werkzeug ; {NEVER}")
    assert found.places["override werkzeug"].line == 5


def test_overrides_for_the_requirements_of_one_package(room: Room) -> None:
    found = request(
        room,
        """
override-dependencies = [
    "click<9",
    { package = { name = "Flask", version = "3.0" }, dependencies = ["ItsDangerous==2.1.2"] },
    { package = { name = "jinja2" }, dependencies = ["markupsafe>=2", "extra-thing"] },
]
""",
    )
    assert found.overrides == ("click<9",)
    assert found.scoped_overrides == (
        ScopedOverride(package=found.requirements[0].name, version="3.0", requirements=("itsdangerous==2.1.2",)),
        *found.scoped_overrides[1:],
    )
    assert scoped(found)["jinja2", None] == ("markupsafe>=2", "extra-thing")


def test_what_is_said_of_a_version_replaces_what_is_said_of_all(room: Room) -> None:
    found = request(
        room,
        """
override-dependencies = [
    { package = { name = "flask" }, dependencies = ["click<9", "gone>1"] },
    { package = { name = "flask", version = "3.0" }, dependencies = ["click<8"] },
]
exclude-dependencies = [
    "gone",
    { package = { name = "flask" }, dependencies = ["blinker"] },
    { package = { name = "flask", version = "2.0" }, dependencies = ["click"] },
]
""",
    )
    assert scoped(found) == {
        ("flask", None): ("click<9", f"blinker ; {NEVER}"),
        ("flask", "3.0"): ("click<8", f"blinker ; {NEVER}"),
        ("flask", "2.0"): (f"click ; {NEVER}",),
    }


ERRORS = {
    "override-dependencies = [1]": ("IL104", "tool.uv.override-dependencies[0]"),
    'override-dependencies = [{ package = "a", dependencies = [] }]': (
        "IL104",
        "tool.uv.override-dependencies[0].package",
    ),
    "override-dependencies = [{ package = { name = 'a' } }]": ("IL119", "tool.uv.override-dependencies[0]"),
    "override-dependencies = [{ package = {}, dependencies = [] }]": (
        "IL119",
        "tool.uv.override-dependencies[0].package",
    ),
    "override-dependencies = [{ package = { name = 'a', version = 'x' }, dependencies = [] }]": (
        "IL105",
        "tool.uv.override-dependencies[0].package.version",
    ),
    "override-dependencies = [{ package = { name = 'a' }, dependencies = ['b @ https://example.com/b.whl'] }]": (
        "IL114",
        "tool.uv.override-dependencies[0].dependencies[0]",
    ),
    'exclude-dependencies = ["a>1"]': ("IL109", "tool.uv.exclude-dependencies[0]"),
}


@pytest.mark.parametrize(("setting", "expected"), ERRORS.items())
def test_errors(room: Room, setting: str, expected: tuple[str, str]) -> None:
    found = room.error(f"[tool.uv]\n{setting}\n")
    assert found.where is not None
    assert (found.code, found.where.key, line(found)) == (*expected, 2)
