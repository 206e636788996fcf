"""Undo what Debian changes in CPython for the interpreter of the operating system.

Debian installs add-on packages to dist-packages so that they do not collide with its own; a conda environment has
only site-packages. Each step looks for the change itself, not for the vendor, and does nothing elsewhere.
"""

from __future__ import annotations

import re
import site
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SITE_CUSTOMIZE = '''\
"""Add this environment's site-packages: the site module frozen into this interpreter knows only dist-packages."""

import os
import site
import sys

if sys.prefix == sys.base_prefix:
    version = "python{}.{}".format(*sys.version_info[:2])
    site.addsitedir(os.path.join(sys.prefix, "lib", version, "site-packages"))
'''

# The scheme where it is chosen, not where it is defined.
POSIX_LOCAL = r"'posix_local'(?=\)?\n)"
# (file below the standard library, pattern, replacement)
PATCHES = (
    ("sysconfig.py", POSIX_LOCAL, "'posix_prefix'"),
    ("sysconfig/__init__.py", POSIX_LOCAL, "'posix_prefix'"),
    ("distutils/command/install.py", r'select_scheme\("unix_local"\)', 'select_scheme("unix_prefix")'),
    ("ensurepip/__init__.py", r"(?m)^    _ensurepip_is_disabled_in_debian_for_system\(\)\n", ""),
)


def knows_site_packages(version: str) -> bool:
    """Whether the running interpreter's own `site` looks into lib/pythonX.Y/site-packages."""
    return any(p.endswith(f"python{version}/site-packages") for p in site.getsitepackages([sys.base_prefix]))


def undo(stdlib: Path, version: str) -> None:
    """Give the copied standard library at `stdlib` the behaviour of an unpatched CPython."""
    for name, pattern, replacement in PATCHES:
        file = stdlib / name
        if file.is_file():
            text = file.read_text(encoding="utf-8")
            file.write_text(re.sub(pattern, replacement, text), encoding="utf-8")
    if not knows_site_packages(version):
        (stdlib / "sitecustomize.py").write_text(SITE_CUSTOMIZE, encoding="utf-8")
