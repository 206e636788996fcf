"""What a test run makes once."""

from __future__ import annotations

import platform

from interlock_hooks.testing.channel import Channel
from interlock_hooks.testing.shared import BUILD_TOOLS, Shared
from kit.interpreters import find_interpreter
from kit.project import PYTHON


def test_the_running_python_is_packaged_once(shared: Shared) -> None:
    (python,) = shared.python().glob("linux-64/python-*.conda")
    assert python.name.startswith(f"python-{platform.python_version()}-")
    changed = python.stat().st_mtime_ns
    assert shared.python() == python.parent.parent
    assert python.stat().st_mtime_ns == changed


def test_the_build_tools_are_real(shared: Shared) -> None:
    assert sorted(file.name.split("-")[0] for file in shared.build_tools()) == sorted(BUILD_TOOLS)


def test_a_channel_has_the_running_python(channel: Channel) -> None:
    channel.index()
    assert list(channel.folder.glob("linux-64/python-*.conda"))


def test_interpreters_are_found_by_version() -> None:
    found = find_interpreter(PYTHON)
    assert found is None or found.name.startswith("python")
    assert find_interpreter("2.0") is None
