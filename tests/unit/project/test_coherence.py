from __future__ import annotations

import sys
from pathlib import Path

import pytest

from interlock.project.coherence import Conda, check_change
from interlock_hooks.types import InterlockError
from kit.compiled import compile_library
from kit.locked import locked, plan, record, sdist, wheel
from kit.prefixes import SITE, lock_in, write_prefix

MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Conda's ``base`` and ``libz``; ``app`` requires base, ``ext`` imported it, ``native`` needs libz."""
    root = tmp_path_factory.mktemp("coherence")
    ext, native = sdist("ext 1.0"), sdist("native 1.0")
    environment = locked(
        record(f"python {MINOR}.1"),
        record("base 1.0"),
        record("libz 1.0"),
        record("libgcc 14.1"),
        record("tool 1.0"),
        pypi=[wheel("app 1.0", "base<2", "absent"), ext, native],
        provides={"base 1.0": "base"},
        plans=[plan(ext, imports=["base"]), plan(native, imports=[])],
    )
    libz = compile_library(root / "prefix" / "lib" / "libz.so.1", "int z() { return 1; }")
    libgcc = compile_library(root / "prefix" / "lib" / "libgcc_s.so.1", "int g() { return 1; }")
    compile_library(root / "prefix" / SITE / "native" / "_native.so", "int n() { return 1; }", needs=[libz, libgcc])
    return write_prefix(
        root / "prefix",
        environment,
        lock_in(root, environment),
        files={"libz": ["lib/libz.so.1"], "libgcc": ["lib/libgcc_s.so.1"], "tool": ["bin/tool"]},
        compiled={"native": ["native/_native.so"]},
    )


def change(prefix: Path, removed: str = "", added: str = "", *, depends: tuple[str, ...] = ()) -> list[str]:
    """Why it is refused."""

    def parsed(text: str) -> dict[str, Conda]:
        parts = text.split()
        return {parts[0]: Conda(*(*parts, "0")[:3], depends)} if parts else {}  # type: ignore[arg-type]

    try:
        check_change(prefix, removed=parsed(removed), added=parsed(added))
    except InterlockError as error:
        (finding,) = error.findings
        assert finding.code == "IL682"
        return list(finding.details)
    return []


def test_conda_may_change_what_nothing_relies_on(prefix: Path) -> None:
    assert change(prefix, "tool 1.0", "tool 2.0") == []
    assert change(prefix, "tool 1.0") == []
    assert change(prefix, added="more 1.0", depends=(f"python {MINOR}.*",)) == []
    # The same package from another channel.
    assert change(prefix, "base 1.0", "base 1.0") == []
    # Runtimes of compilers keep what they promised.
    assert change(prefix, "libgcc 14.1", "libgcc 15.1") == []
    assert change(prefix, f"python {MINOR}.1", f"python {MINOR}.2") == []


def test_the_interpreter_stays(prefix: Path) -> None:
    assert change(prefix, f"python {MINOR}.1", "python 3.99.0") == [
        f"python 3.99.0 in place of {MINOR}.1: app and 2 more would not be found any more"
    ]
    assert change(prefix, f"python {MINOR}.1") == [
        f"without python {MINOR}.1: app and 2 more would not be found any more"
    ]


def test_requirements_stay_met(prefix: Path) -> None:
    assert change(prefix, "base 1.0", "base 2.0") == [
        "base 2.0 in place of 1.0: app 1.0 requires base<2",
        "base 2.0 in place of 1.0: ext 1.0 was built against it",
    ]
    assert change(prefix, "base 1.0")[0] == "without base 1.0: app 1.0 requires base<2"


def test_what_was_built_keeps_what_it_was_built_against(prefix: Path) -> None:
    assert change(prefix, "base 1.0", "base 1.5") == ["base 1.5 in place of 1.0: ext 1.0 was built against it"]
    assert change(prefix, "libz 1.0", "libz 1.0 other") == [
        "libz 1.0 in place of 1.0 (other, not 0): native 1.0 was built against it"
    ]


def test_nothing_is_put_over_what_is_from_pypi(prefix: Path) -> None:
    assert change(prefix, added="App 9.0", depends=(f"python {MINOR}.*",)) == [
        "App 9.0 from conda: Interlock has installed app from PyPI, with the same files"
    ]
    # A program of that name.
    assert change(prefix, added="app 9.0") == []


def test_without_its_lock_the_rest_is_still_known(prefix: Path) -> None:
    lock = prefix.parent / "interlock.lock"
    text = lock.read_text()
    try:
        lock.unlink()
        assert change(prefix, "base 1.0", "base 2.0") == ["base 2.0 in place of 1.0: app 1.0 requires base<2"]
    finally:
        lock.write_text(text)


def test_an_environment_that_does_not_work_may_be_repaired(prefix: Path) -> None:
    python = prefix / "bin" / "python"
    works = python.readlink()
    try:
        python.unlink()
        assert change(prefix, "base 1.0", "base 2.0") == ["base 2.0 in place of 1.0: ext 1.0 was built against it"]
    finally:
        python.unlink(missing_ok=True)
        python.symlink_to(works)


def test_prefixes_of_others_are_not_looked_at(tmp_path: Path) -> None:
    (tmp_path / "conda-meta").mkdir()
    assert change(tmp_path, "python 3.11.0", "python 3.12.0") == []
