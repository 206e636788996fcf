"""What fits and what does not, in compiled miniatures."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from audit.conftest import Place
from kit.compiled import compile_library, extension_source

C10_OLD = "namespace c10 { int check(const char *text) { return 1; } int a() { return 1; } int b() { return 2; } }"
C10_NEW = (
    "namespace c10 { int check(int line, const char *text) { return 1; } int a() { return 1; } int b() { return 2; } }"
)
USES_C10 = 'namespace c10 { int check(const char *text); } static int used = c10::check("x");'


def old_torch(tmp_path: Path) -> Path:
    return compile_library(tmp_path / "old" / "libc10.so", C10_OLD)


def test_a_library_of_another_package_is_found_by_its_name(place: Place, tmp_path: Path) -> None:
    place.library("torch/lib/libc10.so", C10_OLD)
    ext = place.library("ext/_ext.so", extension_source("_ext", USES_C10), needs=[old_torch(tmp_path)])
    fit = place.check(ext)
    assert (fit.symbols, fit.libraries, fit.versions) == ((), (), ())
    assert [module.place for module in fit.checked] == [ext]


def test_a_changed_signature_is_found_with_its_home(place: Place, tmp_path: Path) -> None:
    c10 = place.library("torch/lib/libc10.so", C10_NEW)
    ext = place.library("ext/_ext.so", extension_source("_ext", USES_C10), needs=[old_torch(tmp_path)])
    (lacking,) = place.check(ext).symbols
    assert lacking.home is not None
    assert lacking.home.place == c10
    assert lacking.symbols == ("_ZN3c105checkEPKc",)


def test_weak_references_may_stay_undefined(place: Place) -> None:
    body = 'extern "C" int maybe() __attribute__((weak)); int use() { return maybe ? maybe() : 0; }'
    ext = place.library("ext/_ext.so", extension_source("_ext", body))
    assert place.check(ext).symbols == ()


def test_the_package_of_a_library_may_load_more_for_all(place: Place, tmp_path: Path) -> None:
    # As tensorflow does: extensions name one of its libraries, and use what another one defines.
    framework = place.library(
        "flow/libframework.so", "namespace flow { int a() {return 1;} int b() {return 1;} int c() {return 1;} }"
    )
    place.library("flow/libcc.so", "namespace flow { int kernel() { return 1; } }")
    body = "namespace flow { int kernel(); } static int used = flow::kernel();"
    ext = place.library("ext/_ext.so", extension_source("_ext", body), needs=[framework])
    assert place.check(ext).symbols == ()


def test_what_has_no_home_is_no_ones_fault(place: Place) -> None:
    ext = place.library("ext/_ext.so", extension_source("_ext", "int stranger(); static int used = stranger();"))
    (lacking,) = place.check(ext).symbols
    assert lacking.home is None
    # The same in a library that a program may load which defines it.
    plugin = place.library("ext/plugins/libplugin.so", "int stranger(); int used() { return stranger(); }")
    assert place.check(plugin).symbols == ()


def test_symbols_of_the_interpreter_must_be_there(place: Place) -> None:
    body = 'extern "C" void *PyLong_FromTheFuture(); static void *used = PyLong_FromTheFuture();'
    ext = place.library("ext/_ext.so", extension_source("_ext", body))
    (lacking,) = place.check(ext).symbols
    assert lacking.home is not None
    assert "python" in lacking.home.place.name
    assert lacking.symbols == ("PyLong_FromTheFuture",)


def test_modules_for_other_interpreters_are_left_out(place: Place) -> None:
    body = 'extern "C" void *PyLong_FromTheFuture(); static void *used = PyLong_FromTheFuture();'
    other = place.library("ext/_ext.cpython-399-x86_64-linux-gnu.so", extension_source("_ext", body))
    fit = place.check(other)
    assert fit.symbols == ()
    assert [module.place for module in fit.skipped] == [other]


def test_a_bundled_library_is_judged_by_what_loads_it(place: Place) -> None:
    # libinner lacks what its loader brings; alone it would not do.
    helper = place.library("ext.libs/libhelper.so", "int helper() { return 1; }")
    inner = place.library("ext.libs/libinner.so", "int helper(); int inner() { return helper(); }")
    body = "int inner(); int helper(); static int used = inner() + helper();"
    path = "-Wl,-rpath,$ORIGIN/../ext.libs"
    ext = place.library("ext/_ext.so", extension_source("_ext", body), path, needs=[inner, helper])
    fit = place.check(ext, inner, helper)
    assert (fit.symbols, fit.libraries) == ((), ())


def test_a_library_in_another_version_is_missed(place: Place, tmp_path: Path) -> None:
    other = compile_library(tmp_path / "libcudart.so.12", "int cudaInit() { return 1; }")
    mine = place.library("nvidia/lib/libcudart.so.13", "int cudaInit() { return 1; }")
    body = "int cudaInit(); static int used = cudaInit();"
    ext = place.library("ext/_ext.so", extension_source("_ext", body), needs=[other])
    (lacking,) = place.check(ext).libraries
    assert (lacking.name, lacking.instead, lacking.required) == ("libcudart.so.12", mine, True)
    # With a library missing, nothing is said of symbols.
    assert place.check(ext).symbols == ()


def test_a_module_for_another_python_is_told_from_its_library(place: Place, tmp_path: Path) -> None:
    other = compile_library(tmp_path / "libpython3.2.so.1.0", "int init() { return 1; }")
    ext = place.library("_ext.so", extension_source("_ext", "int init(); static int x = init();"), needs=[other])
    (lacking,) = place.check(ext).libraries
    assert lacking.instead is not None
    assert "python" in lacking.instead.name


def test_one_of_several_variants_may_lack_its_library(place: Place, tmp_path: Path) -> None:
    # As mpi4py does: it imports the one that fits the MPI which is there.
    other = compile_library(tmp_path / "libmpi.so.12", "int init() { return 1; }")
    place.library("../../libmpi.so.40", "int init() { return 1; }")
    body = "int init(); static int used = init();"
    ext = place.library("ext/MPI.mpich.so", extension_source("MPI", body), needs=[other])
    (lacking,) = place.check(ext).libraries
    assert not lacking.required


def test_a_package_that_lacks_one_of_its_libraries_is_named(place: Place, tmp_path: Path) -> None:
    c10 = place.library("torch/lib/libc10.so", C10_OLD)
    cuda = compile_library(tmp_path / "libc10_cuda.so", "int device() { return 1; }")
    body = USES_C10 + "int device(); static int more = device();"
    ext = place.library("ext/_ext.so", extension_source("_ext", body), needs=[c10, cuda])
    (lacking,) = place.check(ext).libraries
    assert (lacking.name, lacking.bringer, lacking.required) == ("libc10_cuda.so", c10, True)


def test_kernels_that_a_package_can_do_without_are_optional(place: Place, tmp_path: Path) -> None:
    c10 = place.library("torch/lib/libc10.so", C10_OLD)
    cuda = compile_library(tmp_path / "libc10_cuda.so", "int device() { return 1; }")
    kernels = place.library("ext/_kernels.so", USES_C10 + "int device(); int x = device();", needs=[c10, cuda])
    (lacking,) = place.check(kernels).libraries
    assert lacking.required
    plain = place.library("ext/_plain.so", USES_C10, needs=[c10])
    (lacking,) = place.check(kernels, plain).libraries
    assert not lacking.required


@pytest.mark.parametrize("name", ["libcuda.so.1", "libtbb.so.12"])
def test_libraries_that_nobody_has_are_no_mismatch(place: Place, tmp_path: Path, name: str) -> None:
    other = compile_library(tmp_path / name, "int there() { return 1; }")
    ext = place.library("ext/_ext.so", extension_source("_ext", "int there(); static int x = there();"), needs=[other])
    (lacking,) = place.check(ext).libraries
    assert (lacking.name, lacking.required) == (name, False)


def test_a_missing_driver_does_not_hide_a_mismatch(place: Place, tmp_path: Path) -> None:
    place.library("torch/lib/libc10.so", C10_NEW)
    driver = compile_library(tmp_path / "libcuda.so.1", "int cuInit() { return 1; }", language="c")
    body = USES_C10 + 'extern "C" int cuInit(); static int x = cuInit();'
    ext = place.library("ext/_ext.so", extension_source("_ext", body), needs=[old_torch(tmp_path), driver])
    (lacking,) = place.check(ext).symbols
    assert lacking.symbols == ("_ZN3c105checkEPKc",)


def test_missing_symbol_versions_are_found(place: Place, tmp_path: Path) -> None:
    source = 'extern "C" { int f() { return 1; } int g() { return 1; } }'
    newer = compile_library(tmp_path / "libv.so.1", source, versions="V_1 {global: f;};\nV_2 {global: g;} V_1;\n")
    mine = place.library("../../libv.so.1", source, versions="V_1 {global: f; g;};\n")
    body = 'extern "C" { int f(); int g(); } static int x = f() + g();'
    ext = place.library("ext/_ext.so", extension_source("_ext", body), needs=[newer])
    fit = place.check(ext)
    (lacking,) = fit.versions
    assert lacking.library.place == mine
    assert [need.version for need in lacking.needs] == ["V_2"]
    assert (lacking.symbols, fit.symbols) == (("g",), ())


def test_modules_of_another_machine_are_told(place: Place) -> None:
    ext = place.library("ext/_ext.so", extension_source("_ext"))
    data = bytearray(ext.read_bytes())
    data[18] = 183 if data[18] != 183 else 62  # e_machine: aarch64, or x86_64
    ext.write_bytes(data)
    (other,) = place.check(ext).machines
    assert other.module.place == ext


def test_the_verdict_is_pythons(place: Place, tmp_path: Path) -> None:
    """What is said to fail does fail, and with the symbol that is named."""
    c10 = place.library("torch/lib/libc10.so", C10_NEW)
    ext = place.library("_ext.so", extension_source("_ext", USES_C10), needs=[old_torch(tmp_path)])
    (lacking,) = place.check(ext).symbols
    code = f"import ctypes, sys; ctypes.CDLL({str(c10)!r}); sys.path.insert(0, {str(ext.parent)!r}); import _ext"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert f"undefined symbol: {lacking.symbols[0]}" in done.stderr
