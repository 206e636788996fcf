"""The python recipe's rewriting of paths; the scripts run inside of other interpreters, here they are imported."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

NEW = "/new/prefix"


@pytest.fixture
def relocate(python_recipe: Path) -> ModuleType:
    import importlib

    return importlib.import_module("relocate")


def relocation(module: ModuleType, *old: str) -> Any:
    return module.Relocation.of(set(old), NEW, "3.12")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/opt/py", NEW),
        ("/opt/py/lib", f"{NEW}/lib"),
        ("-I/opt/py/include -L/opt/py/lib", f"-I{NEW}/include -L{NEW}/lib"),
        ("-Wl,-rpath,/opt/py/lib", f"-Wl,-rpath,{NEW}/lib"),
        ("'--prefix=/opt/py' '/opt/py'", f"'--prefix={NEW}' '{NEW}'"),
        ("a:/opt/py/x:/opt/py", f"a:{NEW}/x:{NEW}"),
        ("/opt/python", "/opt/python"),
        ("/opt/py-3.12/lib", "/opt/py-3.12/lib"),
        ("/opt/py.old", "/opt/py.old"),
        ("/home/opt/py/lib", "/home/opt/py/lib"),
        ("./opt/py", "./opt/py"),
        ("", ""),
    ],
)
def test_the_old_prefix_is_replaced_where_a_path_is_it(relocate: ModuleType, text: str, expected: str) -> None:
    assert relocation(relocate, "/opt/py").text(text) == expected


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text("/opy-I .:=", max_size=40))
def test_rewriting_twice_changes_nothing_more(relocate: ModuleType, text: str) -> None:
    once = relocation(relocate, "/opt/py").text(text)
    assert relocation(relocate, "/opt/py").text(once) == once


def test_the_longer_of_two_old_prefixes_wins(relocate: ModuleType) -> None:
    moved = relocation(relocate, "/opt", "/opt/py/").text("/opt/py/lib /opt/lib")
    assert moved == f"{NEW}/lib {NEW}/lib"


def test_a_prefix_shared_with_the_system_is_not_searched_for(relocate: ModuleType) -> None:
    variables = relocation(relocate, "/usr").variables(
        {
            "prefix": "/usr",
            "LIBDIR": "/usr/lib/x86_64-linux-gnu",
            "INSTALL": "/usr/bin/install -c",
            "TZPATH": "/usr/share/zoneinfo",
        }
    )
    assert variables == {
        "prefix": NEW,
        "LIBDIR": f"{NEW}/lib",
        "INSTALL": "/usr/bin/install -c",
        "TZPATH": "/usr/share/zoneinfo",
    }


def test_installation_variables_point_into_the_conda_layout(relocate: ModuleType) -> None:
    variables = relocation(relocate, "/opt/py").variables(
        {"INCLUDEPY": "/install/include/python3.12", "LIBPL": "/install/lib/python3.12/config-3.12-x86", "Py_DEBUG": 0}
    )
    assert variables["INCLUDEPY"] == f"{NEW}/include/python3.12"
    assert variables["LIBPL"] == f"{NEW}/lib/python3.12/config-3.12-x86"
    assert variables["Py_DEBUG"] == 0


def test_variables_that_were_not_set_stay_unset(relocate: ModuleType) -> None:
    assert relocation(relocate, "/opt/py").variables({"WHEEL_PKG_DIR": ""}) == {"WHEEL_PKG_DIR": ""}


def test_a_compiler_that_nobody_has_becomes_the_usual_one(relocate: ModuleType) -> None:
    variables = relocation(relocate, "/opt/py").variables(
        {"CC": "/build/bin/clang-99 -pthread", "CXX": "no-such-c++", "LDSHARED": "sh -shared", "AR": "$(TARGET)-ar"}
    )
    assert variables == {"CC": "cc -pthread", "CXX": "c++", "LDSHARED": "sh -shared", "AR": "$(TARGET)-ar"}


def test_makefile_and_pkgconfig_assignments_follow(relocate: ModuleType) -> None:
    text = "prefix=\t\t/usr\nexec_prefix=\t${prefix}\nLIBDIR=\t/usr/lib/x86\nlibdir=/usr/lib/x86\nFOO=/usr/foo\n"
    assert relocation(relocate, "/usr").assignments(text).splitlines() == [
        f"prefix=\t\t{NEW}",
        "exec_prefix=\t${prefix}",
        "LIBDIR=\t$(exec_prefix)/lib",
        "libdir=${exec_prefix}/lib",
        "FOO=/usr/foo",
    ]
