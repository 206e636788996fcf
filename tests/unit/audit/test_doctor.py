"""An environment as its package managers left it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from interlock.audit.consistency import conda_findings, copy_findings, file_findings, requirement_findings
from interlock.audit.doctor import examine
from interlock.engines.python.distributions import distributions_in
from interlock.engines.python.interpreter import Interpreter
from interlock_hooks.types import Event, InterlockError, Severity, StageProgress
from kit.compiled import compile_library, extension_source


def add(
    site: Path, name: str, version: str, *requires: str, installer: str = "pip", files: tuple[str, ...] = ()
) -> None:
    info = site / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    lines = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {text}" for text in requires)]
    (info / "METADATA").write_text("\n".join(["Metadata-Version: 2.1", *lines]) + "\n")
    (info / "INSTALLER").write_text(installer)
    (info / "RECORD").write_text("".join(f"{file},,\n" for file in files))


def unmet(site: Path, running: Interpreter) -> dict[str, tuple[str, ...]]:
    return {each.what: each.details for each in requirement_findings(distributions_in(site), running)}


def test_requirements_are_met_or_not(tmp_path: Path, running: Interpreter) -> None:
    add(
        tmp_path,
        "app",
        "1.0",
        "Lib_x>=2",
        "absent",
        'never; sys_platform == "win32"',
        'more; extra == "opt"',
        "bad req",
    )
    add(tmp_path, "lib-x", "1.5rc1")
    add(tmp_path, "fine", "1.0", "lib-x")
    assert unmet(tmp_path, running) == {
        "2 requirements of app 1.0 are not met": (
            "needs Lib_x>=2, but 1.5rc1 is installed",
            "needs absent, which is not installed",
        )
    }


def test_extras_that_are_asked_for_count(tmp_path: Path, running: Interpreter) -> None:
    add(tmp_path, "app", "1.0", "lib[fast]")
    add(tmp_path, "lib", "1.0", 'speedups>=1; extra == "fast"', 'other; extra == "slow"')
    assert unmet(tmp_path, running) == {
        "1 requirement of lib 1.0 is not met": ("needs speedups>=1, which is not installed",)
    }


def test_what_conda_installed_is_condas_business(tmp_path: Path, running: Interpreter) -> None:
    add(tmp_path, "app", "1.0", "absent", installer="conda", files=("gone.py",))
    (finding,) = requirement_findings(distributions_in(tmp_path), running)
    assert finding.severity is Severity.WARNING
    assert file_findings(distributions_in(tmp_path)) == []


def test_lost_files_are_named(tmp_path: Path) -> None:
    add(tmp_path, "app", "1.0", files=("app.py", "app.pyc", "gone.py", "__pycache__/gone.pyc"))
    (tmp_path / "app.py").touch()
    (finding,) = file_findings(distributions_in(tmp_path))
    assert (finding.code, finding.details) == ("IL561", ("gone.py",))


def test_two_versions_of_one_distribution(tmp_path: Path) -> None:
    add(tmp_path, "Num.py", "1.26.0", installer="conda")
    add(tmp_path, "num_py", "2.1.0")
    (finding,) = copy_findings(distributions_in(tmp_path))
    assert finding.code == "IL562"
    assert "num-py is installed 2 times: 1.26.0, 2.1.0" in finding.what
    assert finding.details == ("1.26.0 by conda", "2.1.0 by pip")


def test_conda_packages_that_lost_files(tmp_path: Path) -> None:
    meta = tmp_path / "conda-meta"
    meta.mkdir()
    record = {"name": "zlib", "version": "1.3", "build": "0", "build_number": 0, "subdir": "linux-64", "channel": "x"}
    record |= {"url": "https://x.example/zlib-1.3-0.conda", "fn": "zlib-1.3-0.conda", "depends": []}
    (meta / "zlib-1.3-0.json").write_text(json.dumps({**record, "files": ["lib/libz.so", "bin/z", "x.pyc"]}))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "z").touch()
    (finding,) = conda_findings(tmp_path)
    assert (finding.code, finding.details) == ("IL560", ("lib/libz.so",))
    # Without an interpreter that is all there is to say.
    found = examine(tmp_path)
    assert (found.python, found.conda, found.findings) == ("", 1, (finding,))


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    return tmp_path / "venv"


def test_a_virtual_environment_is_examined(venv: Path) -> None:
    (site,) = venv.glob("lib/python3*/site-packages")
    body = 'extern "C" void *PyLong_FromTheFuture(); static void *used = PyLong_FromTheFuture();'
    compile_library(site / "good.so", extension_source("good"))
    compile_library(site / "bad.so", extension_source("bad", body))
    compile_library(site / "copied" / "_stray.so", extension_source("_stray", body))
    add(site, "good", "1.0", files=("good.so",))
    add(site, "bad", "1.0", "good<1", files=("bad.so",))
    events: list[Event] = []
    found = examine(venv, emit=events.append)
    assert [(each.code, each.what.partition(":")[0]) for each in found.findings] == [
        ("IL563", "1 requirement of bad 1.0 is not met"),
        ("IL540", f"bad 1.0 does not fit Python {found.python}"),
        ("IL540", f"copied (not part of a distribution) does not fit Python {found.python}"),
    ]
    assert found.checked == {"conda packages": 0, "distributions": 2, "compiled modules": 3}
    assert events[-1] == StageProgress(stage="audit", done=3, total=3, item="_stray.so")


def test_a_directory_that_is_no_environment(tmp_path: Path) -> None:
    with pytest.raises(InterlockError) as caught:
        examine(tmp_path)
    assert caught.value.findings[0].code == "IL570"
