from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from interlock.audit.plugin import AuditPlugin
from interlock.engines.python.interpreter import Interpreter
from interlock_hooks.testing.wheels import write_wheel
from interlock_hooks.types import (
    AuditOptions,
    BuildMode,
    BuiltWheel,
    Environment,
    NameSelection,
    Severity,
    VirtualPackage,
    WheelFile,
)
from kit.compiled import compile_library, extension_source
from kit.hooks import environment as make_environment

BODY = 'extern "C" void *PyLong_FromTheFuture(); static void *used = PyLong_FromTheFuture();'
NAME = canonicalize_name("ext")


@pytest.fixture
def environment(tmp_path: Path, running: Interpreter, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """An environment with the running interpreter."""
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(tmp_path / "cache"))
    made = make_environment(tmp_path)
    (made.prefix / "bin").mkdir()
    (made.prefix / "bin" / "python").symlink_to(running.executable)
    return made


def wheel(tmp_path: Path, body: str = BODY) -> WheelFile:
    ext = compile_library(tmp_path / "_ext.so", extension_source("_ext", body))
    modules = {"ext/_ext.so": ext.read_bytes()}
    path = write_wheel(tmp_path, "ext", "1.0", modules=modules, tag="cp311-cp311-linux_x86_64")
    return WheelFile(name=NAME, version="1.0", path=path, sha256="0" * 64)


def with_options(environment: Environment, options: AuditOptions) -> Environment:
    return replace(environment, request=replace(environment.request, audit=options))


def test_a_mismatch_is_an_error_a_warning_or_nothing(environment: Environment, tmp_path: Path) -> None:
    file, plugin = wheel(tmp_path), AuditPlugin()
    (finding,) = plugin.interlock_check_wheel(file, environment)
    assert (finding.code, finding.severity) == ("IL540", Severity.ERROR)
    assert 'trust = ["ext"]' in finding.fix
    trusting = with_options(environment, AuditOptions(trust=NameSelection(names=frozenset({NAME}))))
    (finding,) = plugin.interlock_check_wheel(file, trusting)
    assert (finding.code, finding.severity) == ("IL540", Severity.WARNING)
    assert plugin.interlock_check_wheel(file, with_options(environment, AuditOptions(wheels="none"))) == []


def test_nothing_runs_for_a_wheel_without_compiled_code(environment: Environment, tmp_path: Path) -> None:
    (environment.prefix / "bin" / "python").unlink()
    pure = WheelFile(name=NAME, version="1.0", path=write_wheel(tmp_path, "ext", "1.0"), sha256="0" * 64)
    assert AuditPlugin().interlock_check_wheel(pure, environment) == []


@pytest.mark.parametrize(("origin", "codes"), [("declared", ["IL545"]), ("default", [])])
def test_only_a_declared_glibc_forbids(environment: Environment, tmp_path: Path, origin: str, codes: list[str]) -> None:
    glibc = VirtualPackage(name="__glibc", version="2.1", origin=origin)  # type: ignore[arg-type]
    conda = replace(environment.locked.conda, virtual_packages=(glibc,))
    declaring = replace(environment, locked=replace(environment.locked, conda=conda))
    file = wheel(tmp_path, "#include <math.h>\nvolatile double d = 2; static int used = pow(d, d);")
    found = AuditPlugin().interlock_check_wheel(file, declaring)
    assert [finding.code for finding in found] == codes


@pytest.mark.parametrize(("mode", "advice"), [("isolated", "match-runtime"), ("matched", "fixed versions")])
def test_the_advice_depends_on_the_build(environment: Environment, tmp_path: Path, mode: str, advice: str) -> None:
    from interlock.audit import plugin

    file = wheel(tmp_path)
    built = BuiltWheel(name=NAME, version="1.0", path=file.path, sha256=file.sha256, mode=BuildMode(mode), seconds=1.0)
    assert advice in (plugin._matching(built) or plugin._remedy(built))
    assert plugin._matching(file) == ""
