"""The python package, really built and installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from channel.installed import install
from interlock.channel import build_channel

pytestmark = pytest.mark.scenario

MODULES = "ssl, sqlite3, ctypes, venv, ensurepip, zlib, lzma, bz2, hashlib, decimal, asyncio, multiprocessing, json"
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


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("python")
    report = build_channel(base / "channel", python=True, cuda=[])
    assert [path.partition("/")[0] for path in report.built] == ["linux-64", "noarch"]
    solved = install(
        base / "channel", base / "prefix", f"python {sys.version_info[0]}.{sys.version_info[1]}.*", "python_abi"
    )
    assert set(solved) == {"python", "python_abi"}
    return base / "prefix"


def run(prefix: Path, *arguments: str) -> str:
    env = {"PATH": "/usr/bin:/bin"}
    command = [str(prefix / "bin/python"), *arguments]
    result = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_standard_library_works(prefix: Path) -> None:
    run(prefix, "-I", "-c", f"import {MODULES}; sqlite3.connect(':memory:'); ssl.create_default_context()")


def test_nothing_leads_back_to_the_original(prefix: Path) -> None:
    found = json.loads(run(prefix, "-I", "-c", WHERE))
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    assert found["prefix"] == str(prefix)
    assert found["purelib"] == f"{prefix}/lib/{version}/site-packages"
    assert found["purelib"] in found["path"]
    assert [path for path in [*found["path"], *found["mapped"]] if not path.startswith(str(prefix))] == []
    assert Path(found["header"]).is_file()
    own = {"LIBDIR", "INCLUDEPY", "LIBPL", "BINDIR", "prefix", "exec_prefix", "LIBDEST"}
    assert {k: v for k, v in found["variables"].items() if k in own and not v.startswith(str(prefix))} == {}
    original = os.path.realpath(sys.base_prefix)
    if original not in {"/usr", "/usr/local"}:
        flags = {k: v for k, v in found["variables"].items() if k in {"LDFLAGS", "LDSHARED", "CFLAGS", "CC", "LIBS"}}
        assert {k: v for k, v in flags.items() if original in v} == {}


def test_an_extension_is_compiled_against_its_headers_and_loads(prefix: Path, tmp_path: Path) -> None:
    (tmp_path / "tiny.c").write_text(
        '#include <Python.h>\nstatic struct PyModuleDef d = {PyModuleDef_HEAD_INIT, "tiny"};\n'
        "PyMODINIT_FUNC PyInit_tiny(void) { return PyModule_Create(&d); }\n"
    )
    script = (
        "import os, shlex, sysconfig; v = sysconfig.get_config_var;"
        "os.execvp('/bin/sh', ['sh', '-ec', ' '.join([v('LDSHARED'), v('CCSHARED'), '-I' + v('INCLUDEPY'),"
        " 'tiny.c -o tiny' + v('EXT_SUFFIX')])])"
    )
    subprocess.run([prefix / "bin/python", "-I", "-c", script], cwd=tmp_path, check=True, env={"PATH": "/usr/bin:/bin"})
    assert (
        run(prefix, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import tiny; print(tiny.__name__)")
        == "tiny\n"
    )


def test_a_venv_has_its_own_pip(prefix: Path, tmp_path: Path) -> None:
    run(prefix, "-m", "venv", str(tmp_path / "venv"))
    shown = subprocess.run([tmp_path / "venv/bin/pip", "--version"], capture_output=True, text=True, check=True)
    assert str(tmp_path / "venv") in shown.stdout


def test_nothing_is_left_to_compile_at_first_start(prefix: Path) -> None:
    before = set(prefix.rglob("*.pyc"))
    run(prefix, "-I", "-c", "import json, asyncio, email.parser, http.client, unittest")
    assert set(prefix.rglob("*.pyc")) == before


def test_the_record_is_self_contained(prefix: Path) -> None:
    record = json.loads(next(prefix.glob("conda-meta/python-3*.json")).read_text())
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert record["depends"] == []
    assert record["python_site_packages_path"] == f"lib/python{version}/site-packages"
    assert "purls" not in record
    assert record["constrains"] == [f"python_abi {version}.* *_cp{version.replace('.', '')}"]
    assert [file for file in record["files"] if "EXTERNALLY-MANAGED" in file or file.endswith(".a")] == []


def test_a_second_run_keeps_the_package(prefix: Path) -> None:
    channel = prefix.with_name("channel")
    report = build_channel(channel, python=True, cuda=[])
    assert (report.built, len(report.skipped)) == ((), 2)
