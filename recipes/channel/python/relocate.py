"""Rewrite the places where an installed CPython records its own prefix.

The new prefix is the one rattler-build builds in: it records the files that mention it, and an installer writes the
real prefix there when it links the package.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass

# Prefixes that the interpreter shares with the rest of the system. A path below them need not be Python's own, so only
# the variables of INSTALL_VARIABLES are rewritten for them.
SYSTEM_PREFIXES = frozenset({"/", "/usr", "/usr/local"})

# Where each installation variable of sysconfig points in the conda layout; {p} is the prefix, {v} the minor version.
INSTALL_VARIABLES = {
    "prefix": "{p}",
    "exec_prefix": "{p}",
    "BINDIR": "{p}/bin",
    "BINLIBDEST": "{p}/lib/python{v}",
    "CONFINCLUDEDIR": "{p}/include",
    "CONFINCLUDEPY": "{p}/include/python{v}",
    "DESTDIRS": "{p} {p}/lib {p}/lib/python{v} {p}/lib/python{v}/lib-dynload",
    "DESTLIB": "{p}/lib/python{v}",
    "DESTSHARED": "{p}/lib/python{v}/lib-dynload",
    "INCLDIRSTOMAKE": "{p}/include {p}/include {p}/include/python{v} {p}/include/python{v}",
    "INCLUDEDIR": "{p}/include",
    "INCLUDEPY": "{p}/include/python{v}",
    "LIBDEST": "{p}/lib/python{v}",
    "LIBDIR": "{p}/lib",
    "LIBPC": "{p}/lib/pkgconfig",
    "MACHDESTLIB": "{p}/lib/python{v}",
    "MANDIR": "{p}/share/man",
    "SCRIPTDIR": "{p}/lib",
    "WHEEL_PKG_DIR": "{p}/share/python-wheels",
    "datarootdir": "{p}/share",
}
# Where the program is not on PATH, the name that every toolchain installs. A CPython built by a cross compiler or by
# clang would otherwise send extension builds to a program that nobody has.
COMPILERS = {"CC": "cc", "BLDSHARED": "cc", "LDSHARED": "cc", "LINKCC": "cc", "MAINCC": "cc"}
COMPILERS |= {"CXX": "c++", "LDCXXSHARED": "c++", "AR": "ar"}


@dataclass(frozen=True)
class Relocation:
    """One move of a CPython: from the prefixes it was built for to `prefix`, for minor `version` ("3.12")."""

    old: tuple[str, ...]
    prefix: str
    version: str

    @classmethod
    def of(cls, recorded: set[str], prefix: str, version: str) -> Relocation:
        """The relocation from the `recorded` prefixes; system prefixes are left out (see SYSTEM_PREFIXES)."""
        own = {path.rstrip("/") or "/" for path in recorded} - SYSTEM_PREFIXES
        return cls(tuple(sorted(own, key=len, reverse=True)), prefix, version)

    def text(self, text: str) -> str:
        """`text` with each old prefix replaced where a path starts and the prefix ends at a path boundary."""
        for old in self.old:
            # A path starts at the beginning, after a separator, or after an option letter: -I/old, -L/old.
            pattern = rf"(?<![\w./-]){re.escape(old)}(?![\w.-])|(?<=-[ILR]){re.escape(old)}(?![\w.-])"
            text = re.sub(pattern, lambda _: self.prefix, text)
        return text

    def variables(self, variables: dict[str, object]) -> dict[str, object]:
        """sysconfig's build-time variables for the new prefix; their meaning is CPython's Lib/sysconfig."""
        moved = {k: self.text(v) if isinstance(v, str) else v for k, v in variables.items()}
        for name, template in INSTALL_VARIABLES.items():
            if moved.get(name):
                moved[name] = template.format(p=self.prefix, v=self.version)
        if isinstance(config := moved.get("LIBPL"), str):
            moved["LIBPL"] = f"{self.prefix}/lib/python{self.version}/{config.rsplit('/', 1)[-1]}"
        for name, fallback in COMPILERS.items():
            if isinstance(command := moved.get(name), str):
                moved[name] = available(command, fallback)
        return moved

    def assignments(self, text: str) -> str:
        """A Makefile or a pkg-config file with its `prefix` and library directory set to the new prefix."""
        text = self.text(text)
        text = re.sub(r"(?m)^(prefix=[ \t]*).*$", lambda m: m[1] + self.prefix, text)
        text = re.sub(r"(?m)^(LIBDIR=[ \t]*).*$", lambda m: m[1] + "$(exec_prefix)/lib", text)
        return re.sub(r"(?m)^(libdir=[ \t]*).*$", lambda m: m[1] + "${exec_prefix}/lib", text)


def available(command: str, fallback: str) -> str:
    """`command`, with its program replaced by `fallback` when that program is not on PATH."""
    program, space, options = command.partition(" ")
    if not program or program.startswith("$") or shutil.which(program):
        return command
    return f"{fallback}{space}{options}"
