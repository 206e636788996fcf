"""The python package, really built and installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from channel.installed import install
from interlock.channel import build_channel
from interlock.channel.python import PackagedPython
from interlock_hooks.testing.shared import Shared
from interlock_hooks.types import InterlockError

pytestmark = pytest.mark.scenario

MODULES = "ssl, sqlite3, ctypes, venv, zlib, lzma, bz2, hashlib, decimal, asyncio, multiprocessing, json"
WHERE = """
import json, os, sys, sysconfig
mapped = {line.split()[-1] for line in open('/proc/self/maps') if '/' in line}
print(json.dumps({
    'prefix': sys.prefix, 'path': sys.path, 'purelib': sysconfig.get_path('purelib'),
    'header': sysconfig.get_config_h_filename(),
    'variables': {k: str(v) for k, v in sysconfig.get_config_vars().items()},
    'mapped': sorted(name for name in mapped if 'python' in os.path.basename(name).lower()),
}))
"""


@dataclass(frozen=True)
class Built:
    """An installed package, the channel it came from, and what its maker was warned of."""

    prefix: Path
    channel: Path
    minor: str
    warnings: frozenset[str]


def interpreters() -> list[Path]:
    """The running interpreter, and that of the operating system, which vendors patch most."""
    system = shutil.which("python3", path="/usr/bin")
    running = Path(os.path.realpath(sys.executable))
    return [running] + ([Path(system)] if system and Path(system).resolve() != running else [])


@pytest.fixture(scope="module", params=interpreters(), ids=str)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, shared: Shared) -> Built:
    base = tmp_path_factory.mktemp("python")
    if request.param == interpreters()[0]:
        # The test run has made this one already.
        shutil.copytree(shared.python(), base / "channel")
    try:
        report = build_channel(base / "channel", python=True, cuda=[], interpreter=request.param)
    except InterlockError as error:
        if error.findings[0].code == "IL705":
            pytest.skip(f"{request.param}: {error.findings[0].why}")
        raise
    assert [path.partition("/")[0] for path in report.built or report.skipped] == ["linux-64", "noarch"]
    solved = install(base / "channel", base / "prefix", "python", "python_abi")
    assert set(solved) == {"python", "python_abi"}
    warnings = frozenset(finding.code for finding in report.findings)
    return Built(base / "prefix", base / "channel", solved["python_abi"], warnings)


def run(built: Built, *arguments: str) -> str:
    env = {"PATH": "/usr/bin:/bin"}
    command = [str(built.prefix / "bin/python"), *arguments]
    result = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_standard_library_works(built: Built) -> None:
    run(built, "-I", "-c", f"import {MODULES}; sqlite3.connect(':memory:'); ssl.create_default_context()")


def test_nothing_leads_back_to_the_original(built: Built) -> None:
    found = json.loads(run(built, "-I", "-c", WHERE))
    prefix = str(built.prefix)
    assert found["prefix"] == prefix
    assert found["purelib"] == f"{prefix}/lib/python{built.minor}/site-packages"
    assert found["purelib"] in found["path"]
    assert [path for path in [*found["path"], *found["mapped"]] if not path.startswith(prefix)] == []
    own = {"LIBDIR", "INCLUDEPY", "LIBPL", "BINDIR", "prefix", "exec_prefix", "LIBDEST"}
    assert {k: v for k, v in found["variables"].items() if k in own and not v.startswith(prefix)} == {}
    original = os.path.realpath(sys.base_prefix)
    if original not in {"/usr", "/usr/local"}:
        flags = {k: v for k, v in found["variables"].items() if k in {"LDFLAGS", "LDSHARED", "CFLAGS", "CC", "LIBS"}}
        assert {k: v for k, v in flags.items() if original in v} == {}


def test_an_extension_is_compiled_against_its_headers_and_loads(built: Built, tmp_path: Path) -> None:
    if "IL706" in built.warnings:
        pytest.skip("the interpreter has no headers")
    (tmp_path / "tiny.c").write_text(
        '#include <Python.h>\nstatic struct PyModuleDef d = {PyModuleDef_HEAD_INIT, "tiny"};\n'
        "PyMODINIT_FUNC PyInit_tiny(void) { return PyModule_Create(&d); }\n"
    )
    script = (
        "import sysconfig; v = sysconfig.get_config_var;"
        "print(v('LDSHARED'), v('CCSHARED'), '-I' + v('INCLUDEPY'), 'tiny.c -o tiny' + v('EXT_SUFFIX'))"
    )
    env = {"PATH": "/usr/bin:/bin"}
    subprocess.run(["sh", "-ec", run(built, "-I", "-c", script)], cwd=tmp_path, check=True, env=env)
    found = run(built, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import tiny; print(tiny.__file__)")
    assert found.startswith(str(tmp_path))


def test_it_makes_virtual_environments(built: Built, tmp_path: Path) -> None:
    run(built, "-m", "venv", "--without-pip", str(tmp_path / "venv"))
    show = "import sys; print(sys.prefix, sys.base_prefix)"
    command = [tmp_path / "venv/bin/python", "-I", "-c", show]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert shown.split() == [str(tmp_path / "venv"), str(built.prefix)]
    if "IL711" not in built.warnings:
        run(built, "-I", "-c", "import ensurepip; assert ensurepip.version()")


def test_nothing_is_left_to_compile_at_first_start(built: Built) -> None:
    before = set(built.prefix.rglob("*.pyc"))
    run(built, "-I", "-c", "import json, asyncio, email.parser, http.client, unittest")
    assert set(built.prefix.rglob("*.pyc")) == before


def test_the_record_is_self_contained(built: Built) -> None:
    record = json.loads(next(built.prefix.glob("conda-meta/python-3*.json")).read_text())
    assert record["depends"] == []
    assert record["python_site_packages_path"] == f"lib/python{built.minor}/site-packages"
    assert "purls" not in record
    assert record["constrains"] == [f"python_abi {built.minor}.* *_cp{built.minor.replace('.', '')}"]
    assert [file for file in record["files"] if "EXTERNALLY-MANAGED" in file or file.endswith(".a")] == []


def test_a_second_run_keeps_the_package(built: Built) -> None:
    files = {path: path.stat().st_mtime_ns for path in built.channel.rglob("*.conda")}
    name = next(built.channel.glob("linux-64/python-3*.conda")).name
    interpreter = next(path for path in interpreters() if PackagedPython.of(path).package.path.endswith(name))
    report = build_channel(built.channel, python=True, cuda=[], interpreter=interpreter)
    assert (report.built, len(report.skipped)) == ((), 2)
    assert {path: path.stat().st_mtime_ns for path in built.channel.rglob("*.conda")} == files
