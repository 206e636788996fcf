"""Third-party plugins, as if they had been installed beside Interlock."""

from __future__ import annotations

from pathlib import Path

from interlock_hooks.testing.files import write_tree
from interlock_hooks.testing.wheels import core_metadata, escaped


def write_plugin(folder: Path, name: str, source: str, version: str = "1.0") -> Path:
    """Write a distribution with one module that is a plugin, and return the module's path."""
    module = escaped(name)
    info = f"{module}-{version}.dist-info"
    write_tree(
        folder,
        {
            f"{module}.py": source,
            f"{info}/METADATA": core_metadata(name, version),
            f"{info}/entry_points.txt": f"[interlock]\n{name} = {module}\n",
        },
    )
    return folder / f"{module}.py"
