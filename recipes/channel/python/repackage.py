"""Copy the interpreter that runs this file to PREFIX in conda's layout, able to run from wherever it is put.

Usage: INTERPRETER -I repackage.py PREFIX, with INTERLOCK_PATCHELF naming the patchelf program.
"""

from __future__ import annotations

import compileall
import importlib
import os
import pprint
import py_compile
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import debian
from describe import describe
from relocate import SYSTEM_PREFIXES, Relocation

DROPPED = shutil.ignore_patterns(
    "site-packages", "dist-packages", "__pycache__", "test", "tests", "idle_test",
    "*.a", "*.o", "EXTERNALLY-MANAGED", "sitecustomize.py",
)  # fmt: skip
# Data that some vendors put beside the standard library, and that it needs.
COMPANIONS = ("lib/tcl[0-9]*", "lib/tk[0-9]*", "lib/itcl*", "lib/thread*", "share/terminfo")
SCRIPTS = ("pydoc", "idle", "2to3")


class Package:
    """The tree of the package while it grows, and the interpreter that it is copied from."""

    def __init__(self, prefix: Path) -> None:
        facts: dict[str, Any] = describe()
        self.prefix = prefix
        self.version: str = facts["minor"]
        self.source = Path(facts["prefix"])
        self.executable = Path(facts["executable"])
        self.include = Path(facts["include"])
        self.stdlib_source = Path(facts["stdlib"])
        self.stdlib = prefix / "lib" / f"python{self.version}"
        self.variables = dict(sysconfig.get_config_vars())
        recorded = {str(self.source), sys.base_prefix, str(build_time_variables().get("prefix", sys.base_prefix))}
        self.relocation = Relocation.of(recorded, str(prefix), self.version)

    def copy(self) -> None:
        """Fill the prefix."""
        self.copy_library()
        self.copy_programs()
        self.copy_shared_libraries()
        self.copy_headers()
        self.rewrite_configuration()
        debian.undo(self.stdlib, self.version)
        self.compile()

    def copy_library(self) -> None:
        shutil.copytree(self.stdlib_source, self.stdlib, ignore=DROPPED, ignore_dangling_symlinks=True)
        # Where lib and lib64 differ, extension modules may lie apart from the rest.
        dynamic, shared = self.stdlib / "lib-dynload", Path(self.variables.get("DESTSHARED") or "")
        if not dynamic.is_dir() and shared.is_absolute() and shared.is_dir():
            shutil.copytree(shared, dynamic)
        for config in self.stdlib.glob("config-*"):
            for library in config.glob("lib*"):
                library.unlink()
        site_packages = self.stdlib / "site-packages"
        site_packages.mkdir()
        (site_packages / "README.txt").write_text("Packages of this environment are installed here.\n")
        if str(self.source) not in SYSTEM_PREFIXES:
            for pattern in COMPANIONS:
                for directory in self.source.glob(pattern):
                    shutil.copytree(directory, self.prefix / directory.relative_to(self.source), symlinks=True)
        if sys.platlibdir != "lib":
            (self.prefix / sys.platlibdir).symlink_to("lib")
        self.copy_bundled_wheels()

    def copy_bundled_wheels(self) -> None:
        """pip's wheel for ensurepip, when the vendor keeps it outside the standard library."""
        directory = self.variables.get("WHEEL_PKG_DIR")
        if directory and Path(directory).is_dir():
            shutil.copytree(directory, self.prefix / "share" / "python-wheels")

    def copy_programs(self) -> None:
        bin_dir = self.prefix / "bin"
        bin_dir.mkdir()
        python = bin_dir / f"python{self.version}"
        shutil.copy2(self.executable, python)
        python.chmod(0o755)
        for alias in ("python3", "python"):
            (bin_dir / alias).symlink_to(python.name)
        for script in SCRIPTS:
            original = self.executable.with_name(script + ("-" if script[-1].isdigit() else "") + self.version)
            if original.is_file():
                self.write_script(bin_dir / script, original)
        for config in self.stdlib.glob("config-*/python-config.py"):
            self.write_script(bin_dir / f"python{self.version}-config", config)
            self.write_script(config, config)
            (bin_dir / "python3-config").symlink_to(f"python{self.version}-config")

    def write_script(self, script: Path, original: Path) -> None:
        """Write `original` to `script`, run by the new interpreter."""
        _, _, body = original.read_text(encoding="utf-8").partition("\n")
        script.write_text(f"#!{self.prefix}/bin/python{self.version}\n{body}", encoding="utf-8")
        script.chmod(0o755)

    def copy_shared_libraries(self) -> None:
        """libpython, and every library below the old prefix that is needed; then rpaths that lead to them."""
        libdir = Path(self.variables.get("LIBDIR") or self.source / "lib")
        if not libdir.is_dir():
            libdir = self.source / "lib"
        target = self.prefix / "lib"
        wanted = []
        if self.variables.get("Py_ENABLE_SHARED"):
            wanted = [str(self.variables["INSTSONAME"])]
        binaries = [self.prefix / "bin" / f"python{self.version}", *self.stdlib.glob("lib-dynload/*.so")]
        pending = binaries.copy()
        own = str(self.source) not in SYSTEM_PREFIXES
        while pending or wanted:
            if pending:
                wanted += [Path(name).name for name in patchelf("--print-needed", *pending).split()]
            pending = []
            for name in wanted:
                original = libdir / name
                if (own or name.startswith("libpython")) and original.is_file() and not (target / name).exists():
                    shutil.copy2(original, target / name)
                    pending.append(target / name)
            binaries += pending
            wanted = []
        self.link_development_names(libdir)
        for binary in binaries:
            self.set_rpath(binary)

    def link_development_names(self, libdir: Path) -> None:
        """The names that a linker looks for: libpython3.X.so, and the library of the stable ABI."""
        soname = str(self.variables.get("INSTSONAME") or "")
        if not (self.prefix / "lib" / soname).is_file():
            return
        development = self.prefix / "lib" / f"libpython{self.version}.so"
        if not development.exists():
            development.symlink_to(soname)
        stable = libdir / "libpython3.so"
        if stable.is_file() and not (self.prefix / "lib" / stable.name).exists():
            self.set_rpath(Path(shutil.copy2(stable, self.prefix / "lib" / stable.name)))

    def set_rpath(self, binary: Path) -> None:
        content = binary.read_bytes()
        if any(old.encode() in content for old in self.relocation.old):
            route = os.path.relpath(self.prefix / "lib", binary.parent)
            mode = binary.stat().st_mode
            binary.chmod(0o755)
            patchelf("--set-rpath", "$ORIGIN" if route == "." else f"$ORIGIN/{route}", binary)
            binary.chmod(mode)

    def copy_headers(self) -> None:
        if not (self.include / "Python.h").is_file():
            return
        target = self.prefix / "include" / f"python{self.version}"
        shutil.copytree(self.include, target, ignore=DROPPED)
        # Debian's pyconfig.h includes the one of the architecture, which lies outside.
        multiarch = self.include.parent / str(self.variables.get("MULTIARCH")) / self.include.name / "pyconfig.h"
        if multiarch.is_file():
            shutil.copy2(multiarch, target / "pyconfig.h")

    def rewrite_configuration(self) -> None:
        variables = self.relocation.variables(build_time_variables())
        text = f"build_time_vars = {pprint.pformat(variables)}\n"
        for file in self.stdlib.glob("_sysconfigdata*.py"):
            file.write_text(text, encoding="utf-8")
        for makefile in self.stdlib.glob("config-*/Makefile"):
            makefile.write_text(self.relocation.assignments(makefile.read_text(encoding="utf-8")), encoding="utf-8")
        pkgconfig = self.prefix / "lib" / "pkgconfig"
        sources = [Path(str(d)) for d in (self.variables.get("LIBPC"), self.source / "lib" / "pkgconfig") if d]
        for source in [file for directory in sources for file in directory.glob(f"python*-{self.version}*.pc")]:
            pkgconfig.mkdir(exist_ok=True)
            text = self.relocation.assignments(source.read_text(encoding="utf-8"))
            (pkgconfig / source.name).write_text(text, encoding="utf-8")

    def compile(self) -> None:
        """Byte code that is valid whatever the time stamps (PEP 552): linking a package does not keep them."""
        compileall.compile_dir(
            str(self.stdlib), quiet=2, workers=0, force=True, stripdir=str(self.prefix),
            rx=importlib.import_module("re").compile(r"_sysconfigdata|lib2to3/tests|/bad_"),
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )  # fmt: skip


def build_time_variables() -> dict[str, object]:
    """The variables that the interpreter's build recorded, before sysconfig computes any of them anew."""
    name = sysconfig._get_sysconfigdata_name()  # noqa: SLF001 (it has no public name)
    return dict(importlib.import_module(name).build_time_vars)


def patchelf(*arguments: str | Path) -> str:
    """Run patchelf and return what it printed."""
    command = [os.environ["INTERLOCK_PATCHELF"], *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    Package(Path(sys.argv[1])).copy()
