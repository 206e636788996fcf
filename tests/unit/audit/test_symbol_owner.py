from __future__ import annotations

from pathlib import Path

import pytest

from interlock.audit.elf import ElfFile
from interlock.audit.symbol_owner import namesakes, owner_of, qualified_name
from interlock.audit.world import Module


@pytest.mark.parametrize(
    ("symbol", "names"),
    [
        ("_ZN3c104cuda9getDeviceEv", ("c10", "cuda", "getDevice")),
        ("_ZNK3c1010TensorImpl3dimEv", ("c10", "TensorImpl", "dim")),
        ("_ZTIN3c105ErrorE", ("c10", "Error")),
        ("_ZThn16_N3c105ErrorD1Ev", ("c10", "Error")),
        ("_ZN3c10lsERSoNS_6DeviceE", ("c10",)),
        ("_Z3foov", ("foo",)),
        ("_ZSt4cout", ("std", "cout")),
        ("_ZNSt6vectorIiE", ("std", "vector")),
        ("PyLong_AsLong", ()),
        ("_Z", ()),
    ],
)
def test_the_names_of_a_mangled_symbol(symbol: str, names: tuple[str, ...]) -> None:
    assert qualified_name(symbol) == names


def module(name: str, *symbols: str, weak: tuple[str, ...] = ()) -> Module:
    defined = dict.fromkeys((*symbols, *weak), ("",))
    return Module(Path(f"/{name}"), ElfFile(Path(name), "X86_64-64", defined=defined, weak=frozenset(weak)))


C10 = module("libc10.so", "_ZN3c105checkEPKc", "_ZN3c105otherEv", "_ZN3c105thirdEv")
# Each user of a header has its inline functions.
CPU = module("libcpu.so", "_ZN2at3addEv", weak=tuple(f"_ZN3c106inline{n}Ev" for n in range(9)))
CUDART = module("libcudart.so", *(f"cuda{name}" for name in ("Malloc", "Free", "Memcpy", "Init", "Sync")))
PYTHON = module("python", *(f"Py{name}_New" for name in ("Long", "List", "Dict", "Tuple")), "_PyObject_New")
OTHER = module("libmisc.so", "cudaLike", *(f"misc{number}_x" for number in range(20)))
ALL = [CPU, OTHER, C10, CUDART, PYTHON]


@pytest.mark.parametrize(
    ("symbol", "home"),
    [
        ("_ZN3c105checkEPKcS1_", C10),
        ("_ZN3c1010removedFunEv", C10),
        ("_ZN2at3addERKNS_6TensorE", CPU),
        ("_ZN2at7missingEv", None),
        ("_ZNSt6thread4joinEv", None),
        ("cudaMallocAsync", CUDART),
        ("PyLong_AsInt", PYTHON),
        ("_PyLong_AsByteArray", PYTHON),
        ("misc99_x", OTHER),
        ("unknown", None),
        ("x", None),
    ],
)
def test_the_library_with_the_most_kin_is_the_home(symbol: str, home: Module | None) -> None:
    assert owner_of(symbol, ALL) is home


def test_the_same_function_with_other_parameters_is_found() -> None:
    assert namesakes("_ZN3c105checkEPKcS1_", C10.elf) == ["_ZN3c105checkEPKc"]
    assert namesakes("_ZN3c107removedEv", C10.elf) == []
    assert namesakes("cudaMallocAsync", CUDART.elf) == []


def test_without_libraries_there_is_no_home() -> None:
    assert owner_of("_ZN3c105checkEv", []) is None
    assert owner_of("cudaMalloc", []) is None
