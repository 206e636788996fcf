"""Layers: the packages of a build environment, installed once and shown to every build that wants the same ones.

A layer is a virtual environment that nobody runs and nobody writes to. uv installs into it, so that its files are those
in uv's cache as far as the file system can link them, and hardly take room. All packages of a build environment are in
one layer, since some look for others on the way from their own place (``$ORIGIN/../../nvidia/cublas/lib``). Beside
these layers are those of :mod:`interlock.builds.run.byte_code`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from interlock.builds.run.interpreter import purelib
from interlock.builds.run.layer_files import Layer, files_below
from interlock.builds.run.layer_links import link_environment
from interlock.core.activity import doing
from interlock.core.files import sha256_of
from interlock.core.idle import idle_folders
from interlock.core.paths import cache_dir
from interlock.core.scratch import builds_dir
from interlock.engines.uv import can_link_to, create_venv, forget_downloads, install_packages

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from interlock_hooks.types import PyPIPackage


def layers_dir() -> Path:
    """Where the layers are; another layout of them gets another name."""
    return cache_dir() / "layers" / "v1"


def show_packages(
    python: Path, packages: Sequence[PyPIPackage], *, wheels: Mapping[NormalizedName, Path], root: Path
) -> bool:
    """Show packages in the virtual environment of ``python``, and return whether they are of the kind that can be.

    ``wheels`` are local files that take the place of artifacts. A layer is known by the hashes of what is in it, and is
    only worth its room where uv can link to it. Raises :class:`InterlockError` as :func:`install_packages`.
    """
    hashes = _hashes(packages, wheels)
    if hashes is None:
        return False
    venv = python.parent.parent
    layer = Layer(layers_dir() / _key(purelib(python).relative_to(venv), hashes))
    layer.path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(layer.lock):
        if not _is_usable(layer):
            if not can_link_to(layer.path.parent):
                return False
            _make(layer, python, packages, wheels, root)
        layer.index.touch()
        link_environment(layer.path, venv)
    return True


def has_layer(packages: Sequence[PyPIPackage], site: str) -> bool:
    """Whether packages can be shown without installing them, to interpreters whose site-packages is ``site``."""
    hashes = _hashes(packages, {})
    return hashes is not None and _is_usable(Layer(layers_dir() / _key(Path(site), hashes)))


def layers() -> list[Layer]:
    """The complete layers, the most recently used first."""
    return sorted(filter(Layer.is_complete, _all()), key=lambda layer: -layer.used)


def prune_layers(*, unused_for: float) -> list[Layer]:
    """Remove the layers that were not used for so many seconds or never became complete; returns what was removed.

    What a build uses at this moment stays.
    """
    removed = []
    # Whoever makes a layer, or is about to link to it, holds its lock.
    for path in idle_folders(layers_dir(), lambda path: Layer(path).used, unused_for=unused_for):
        if path.name not in _shown():
            layer = Layer(path)
            layer.remove()
            removed.append(layer)
    return removed


def verify_layers() -> list[tuple[Layer, list[NormalizedName]]]:
    """Read all files of all layers, and remove the damaged ones; returns these with the distributions concerned."""
    damaged = []
    for layer in layers():
        doing(", ".join(found.label for found in layer.distributions))
        with suppress(Timeout), FileLock(layer.lock, timeout=0):
            wrong = layer.changed_files() | layer.wrong_files()
            if wrong:
                damaged.append((layer, layer.owners(wrong)))
                _discard(layer, wrong)
    return damaged


def _make(
    layer: Layer, python: Path, packages: Sequence[PyPIPackage], wheels: Mapping[NormalizedName, Path], root: Path
) -> None:
    # Relocatable: its programs look for the interpreter beside them, where they are copied to.
    own = create_venv(python, layer.path, system_site_packages=False, relocatable=True)
    bare = frozenset(files_below(layer.path))
    install_packages(own, packages, wheels=wheels, root=root)
    layer.complete(ignored=bare)


def _is_usable(layer: Layer) -> bool:
    """Whether a layer is complete and undamaged; what is left of any other is removed."""
    changed = layer.changed_files()
    if changed:
        _discard(layer, changed)
    return not changed


def _discard(layer: Layer, damaged: set[str]) -> None:
    """Remove a layer, and from uv's cache, which has the same files, the distributions with damaged ones."""
    owners = layer.owners(damaged)
    layer.remove()
    forget_downloads(owners)


def _shown() -> set[str]:
    """The names of the layers that build environments link to."""
    found = set()
    for link in builds_dir().glob("*/venv/lib/*/site-packages/*"):
        # Builds come to their end meanwhile, and not everything is a link.
        with suppress(OSError, ValueError):
            found.add(link.readlink().relative_to(layers_dir()).parts[0])
    return found


def _all() -> Iterator[Layer]:
    folder = layers_dir()
    for entry in sorted(folder.iterdir()) if folder.is_dir() else []:
        if entry.is_dir():
            yield Layer(entry)


def _hashes(packages: Sequence[PyPIPackage], wheels: Mapping[NormalizedName, Path]) -> list[str] | None:
    """The hash of each package; ``None`` if there is one of unknown content, or that has to be built."""
    found = []
    for package in packages:
        wheel = wheels.get(package.name)
        digest = sha256_of(wheel) if wheel else package.artifact.sha256 if package.artifact.kind == "wheel" else None
        if digest is None:
            return None
        found.append(f"{package.name} {digest}")
    return found


def _key(site: Path, hashes: Sequence[str]) -> str:
    """The name of a layer: the place of its packages tells the interpreters that it is for."""
    return hashlib.sha256("\n".join([str(site), *sorted(hashes)]).encode()).hexdigest()[:32]
