"""Whatever is proved of a random setup.py is what running it gives, in every environment."""

from __future__ import annotations

import builtins
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from packaging.markers import Marker
from packaging.requirements import Requirement

from interlock.builds.sources.static.facts import Known, NotProvable
from interlock.builds.sources.static.requirement_texts import read_requirements
from interlock.builds.sources.static.setup_script import read_setup_py
from kit.strategies.setup_scripts import HEAD, setup_scripts

SYSTEMS = {"linux": ("posix", "Linux"), "darwin": ("posix", "Darwin"), "win32": ("nt", "Windows")}
ENVIRONMENTS = [
    (platform, machine, version, variables)
    for platform, machine in (("linux", "x86_64"), ("darwin", "arm64"), ("win32", "AMD64"))
    for version in ((3, 8, 1), (3, 10, 0), (3, 11, 1), (3, 12, 3))
    for variables in ({}, {"X": "1"}, {"Y": "1"}, {"X": "1", "Y": "1", "RAISE": "1"})
]


def markers(platform: str, machine: str, version: tuple[int, int, int]) -> dict[str, str]:
    name, system = SYSTEMS[platform]
    return {
        "sys_platform": platform,
        "os_name": name,
        "platform_system": system,
        "platform_machine": machine,
        "python_version": "{}.{}".format(*version),
        "python_full_version": "{}.{}.{}".format(*version),
        "extra": "",
    }


def run(code: str, platform: str, machine: str, version: tuple[int, int, int], variables: dict[str, str]) -> Any:
    """The install_requires that setup() gets when the code really runs; ``None`` if it raises before."""
    calls: list[dict[str, Any]] = []
    name, system = SYSTEMS[platform]

    def maybe_raise() -> None:
        if "RAISE" in variables:
            raise ValueError

    modules = {
        "os": SimpleNamespace(name=name, environ=variables),
        "sys": SimpleNamespace(platform=platform, version_info=(*version, "final", 0)),
        "platform": SimpleNamespace(system=lambda: system, machine=lambda: machine),
        "setuptools": SimpleNamespace(setup=lambda **arguments: calls.append(arguments)),
        "external": SimpleNamespace(
            get=lambda: ["got"] * len(variables),
            add=lambda names: names.append("added"),
            names=lambda: sorted(variables),
            maybe_raise=maybe_raise,
        ),
    }
    scope = {"__builtins__": {**vars(builtins), "__import__": lambda name, *_: modules[name]}, "__name__": "__main__"}
    try:
        exec(compile(code, "setup.py", "exec"), scope)
    except (ValueError, IndexError):
        return None
    return calls[0]["install_requires"] if calls else None


def check(code: str, tree: Any) -> bool:
    """Compare; whether the requirements were provable."""
    (tree / "setup.py").write_text(code, encoding="utf-8")
    declared = read_setup_py(tree)
    if isinstance(declared, NotProvable) or isinstance(declared.install, NotProvable):
        return False
    proved = declared.install.value if isinstance(declared.install, Known) else ()
    for platform, machine, version, variables in ENVIRONMENTS:
        real = run(code, platform, machine, version, variables)
        if real is None:
            continue
        seen = markers(platform, machine, version)
        assert _here(proved, seen) == _here(read_requirements(real), seen), (code, proved, platform, version, variables)
    return True


@lru_cache
def _parsed(text: str) -> tuple[str, Marker | None]:
    requirement = Requirement(text)
    marker, requirement.marker = requirement.marker, None
    return str(requirement), marker


def _here(texts: tuple[str, ...], seen: dict[str, str]) -> set[str]:
    return {bare for bare, marker in map(_parsed, texts) if marker is None or marker.evaluate(seen)}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(setup_scripts())
def test_what_is_provable_is_what_running_gives(tmp_path, code):
    check(code, tmp_path)


@pytest.mark.parametrize(
    "code",
    [
        "setup(install_requires=a)",
        "b = a\nb.append('x')\nif sys.platform == 'win32':\n    a = ['y']\nsetup(install_requires=a)",
        "change()\nfor w in external.names():\n    d['k'] = w\nsetup(install_requires=a + b)",
        "try:\n    external.maybe_raise()\nexcept ValueError:\n    d = {}\nsetup(install_requires=a)",
    ],
)
def test_much_of_it_is_provable(code, tmp_path):
    assert check(f"{HEAD}{code}\n", tmp_path)
