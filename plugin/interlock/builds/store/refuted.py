"""What was believed of the metadata of sdists until a build showed something else, kept for the next lock."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from interlock.core.files import write_atomic
from interlock.core.json import parse_json
from interlock.core.paths import cache_dir
from interlock.core.shapes import check_fields
from interlock_hooks.types import Metadata

if TYPE_CHECKING:
    from pathlib import Path

    from interlock_hooks.types import Artifact, PythonTarget

_TUPLES = ("requires_dist", "provides_extra")
# What is read in files, without a backend: where one of them is wrong, the others are as well.
_READ = frozenset({"sdist", "wheel", "static", "pkg-info"})
_KEPT = ("name", "version", "requires_python", *_TUPLES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuted:
    """The origins of metadata (:class:`~interlock_hooks.types.Metadata`) that were wrong of one source.

    Of one that nobody knows otherwise, its files are the origin ``sdist``. ``metadata`` is what the wheel says instead.
    """

    origins: frozenset[str] = frozenset()
    metadata: Metadata | None = None

    def contradicts(self, believed: Metadata | None) -> bool:
        """Whether a lock that holds what is ``believed`` (``None``: what the files state) is known to be wrong."""
        if believed is not None and believed.origin == "build":
            return self.metadata is not None and _requirements(believed) != _requirements(self.metadata)
        return self.is_wrong("sdist" if believed is None else believed.origin)

    def is_wrong(self, origin: str) -> bool:
        """Whether what is known from an origin is wrong."""
        return origin in self.origins or (origin in _READ and not _READ.isdisjoint(self.origins))


def find_refuted(artifact: Artifact, python: PythonTarget, root: Path) -> Refuted:
    """What builds have refuted of a source for an interpreter; nothing if there was no such build on this machine."""
    if not _folder().is_dir():
        return Refuted()
    try:
        data = parse_json(_place(artifact, python, root).read_bytes())
        fields = {key: data["metadata"][key] for key in _KEPT}
        fields |= {key: tuple(map(str, fields[key])) for key in _TUPLES}
        metadata = Metadata(**fields, origin="build")
        check_fields(metadata)
        return Refuted(origins=frozenset(map(str, data["origins"])), metadata=metadata)
    except (OSError, ValueError, KeyError, TypeError):
        # Without it the same is believed again, and refuted again.
        return Refuted()


def remember_refuted(artifact: Artifact, python: PythonTarget, root: Path, origin: str, said: Metadata) -> None:
    """Keep that the wheel of a source says what ``said`` has, and not what was known of it from ``origin``.

    Raises :class:`OSError`.
    """
    known = find_refuted(artifact, python, root).origins
    origins = sorted(known | ({origin} - {"build"}))
    metadata = {key: value for key, value in asdict(said).items() if key in _KEPT}
    document = json.dumps({"origins": origins, "metadata": metadata, "source": artifact.url}, indent=1)
    write_atomic(_place(artifact, python, root), document + "\n")


def _requirements(metadata: Metadata) -> tuple[object, ...]:
    return metadata.requires_dist, metadata.requires_python, metadata.provides_extra


def _folder() -> Path:
    return cache_dir() / "refuted-metadata"


def _place(artifact: Artifact, python: PythonTarget, root: Path) -> Path:
    # Imported here: only sources that have to be built are looked up.
    from interlock.builds.store.identity import source_identity

    facts = (source_identity(artifact, root), python.minor, python.platform, python.free_threaded)
    return _folder() / f"{hashlib.sha256(json.dumps(facts).encode()).hexdigest()}.json"
