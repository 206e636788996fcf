"""The recipe data: in a wheel it lies in this package, in a checkout in recipes/channel of the repository."""

from __future__ import annotations

import hashlib
from pathlib import Path

# Part of every build string; raise it when the code that makes packages changes what is in them.
REVISION = 1


def recipe_directory(name: str) -> Path:
    """The directory of the recipe `name` ("python" or "cuda")."""
    here = Path(__file__).resolve().parent
    installed = here / "recipes" / name
    return installed if installed.is_dir() else here.parents[2] / "recipes" / "channel" / name


def digest(recipe: str, *facts: str) -> str:
    """Seven hexadecimal digits that change with the recipe's files and with `facts`: a conda build string's hash.

    A package with the same name, version and digest need not be built again.
    """
    checksum = hashlib.sha256(f"{REVISION}".encode())
    directory = recipe_directory(recipe)
    for file in sorted(path for path in directory.iterdir() if path.is_file()):
        checksum.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    for fact in facts:
        checksum.update(fact.encode() + b"\0")
    return checksum.hexdigest()[:7]
