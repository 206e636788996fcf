"""Shared libraries and extension modules, compiled with the system's compiler from a few lines."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from interlock.audit.elf import read_elf


def compile_library(
    path: Path,
    source: str,
    *flags: str,
    needs: Sequence[Path] = (),
    versions: str = "",
    soname: str | None = None,
    language: str = "c++",
) -> Path:
    """Compile ``source`` to the shared library ``path``, linked with the libraries that it ``needs``.

    ``versions`` is the text of a linker's version script; ``soname`` is the file name unless it is given. Libraries
    that are not used are linked all the same, and what is undefined stays so.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    script = path.with_name(path.name + ".map")
    if versions:
        script.write_text(versions)
    command = ["g++", "-shared", "-fPIC", "-O0", "-x", language, "-", "-x", "none", "-o", str(path)]
    command += [f"-Wl,-soname,{soname or path.name}", "-Wl,--no-as-needed", *flags]
    command += [f"-Wl,--version-script={script}"] if versions else []
    command += [part for each in needs for part in (f"-L{each.parent}", f"-l:{each.name}")]
    subprocess.run(command, input=source, text=True, check=True, capture_output=True)
    script.unlink(missing_ok=True)
    return path


def compile_stub(library: Path, target: Path, *, without: str) -> Path:
    """A library that defines, as empty functions, what another one defines, except symbols that contain ``without``.

    For the dynamic linker it is that library in another version.
    """
    symbols = [name for name in read_elf(library).defined if without not in name]
    lines = [f'.globl "{name}"\n.type "{name}", @function\n"{name}":' for name in symbols]
    target.parent.mkdir(parents=True, exist_ok=True)
    command = ["gcc", "-shared", "-nostdlib", "-x", "assembler", "-", "-o", str(target), f"-Wl,-soname,{library.name}"]
    subprocess.run(command, input="\n".join([".text", *lines, ""]), text=True, check=True, capture_output=True)
    return target


def extension_source(name: str, body: str = "", result: str = "0") -> str:
    """C++ of an extension module without Python's headers: ``body``, and an integer ``answer`` that is ``result``."""
    return f"""
{body}
extern "C" {{
void *PyModule_Create2(void *, int);
int PyModule_AddIntConstant(void *, const char *, long);
struct Definition {{ long head[5]; const char *name, *doc; long size; void *rest[5]; }};
static struct Definition definition = {{ {{1}}, "{name}", 0, -1, {{0}} }};
void *PyInit_{name}() {{
    void *module = PyModule_Create2(&definition, 1013);
    if (module) PyModule_AddIntConstant(module, "answer", {result});
    return module;
}}
}}
"""
