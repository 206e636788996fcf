"""Modules that each interpreter of a build environment runs when it starts."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def install_start_hook(site_packages: Path, source: Path) -> None:
    """Have each interpreter that sees ``site_packages`` run the module ``source``; a ``.pth`` file starts it."""
    module = f"_interlock{source.stem}"
    shutil.copyfile(source, site_packages / f"{module}.py")
    (site_packages / f"{module}.pth").write_text(f"import {module}\n", encoding="utf-8")
