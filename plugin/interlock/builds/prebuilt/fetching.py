"""Prebuilt wheels on this machine: fetched once, known by their hash, and named as their metadata says."""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.utils import parse_wheel_filename
from packaging.version import Version

from interlock.builds.prebuilt.storage import fetch_from
from interlock.builds.prebuilt.variants import Variant, read_variants, requires_by_variant, split_label
from interlock.builds.provenance.trust import UntrustedError
from interlock.builds.sources.download import fetch_file, kept_at, verify
from interlock.core.files import sha256_of, staging
from interlock.core.urls import is_remote, scheme_of
from interlock.engines.python.wheels import variant_metadata, wheel_metadata
from interlock_hooks.types import Artifact

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.metadata import RawMetadata


def fetch_wheel(artifact: Artifact, *, root: Path) -> Path:
    """The file of a prebuilt wheel, from the cache if it has been fetched before.

    Raises :class:`InterlockError` as :func:`fetch_file`, and :class:`OSError`.
    """
    if is_remote(artifact.url) or scheme_of(artifact.url) in (None, "file"):
        return fetch_file(artifact, root=root)
    path = kept_at(artifact)
    if artifact.sha256 and path.is_file():
        return path
    with staging(path) as staged:
        fetch_from(artifact.url, staged)
        verify(artifact, sha256_of(staged))
    return path


def hashed(artifact: Artifact, *, root: Path) -> Artifact:
    """An artifact with its hash: it is fetched where its source states none. Raises as :func:`fetch_wheel`."""
    if artifact.sha256:
        return artifact
    path = fetch_wheel(artifact, root=root)
    known = replace(artifact, sha256=sha256_of(path), size=path.stat().st_size)
    if path == kept_at(artifact):
        # What has a hash is looked for there, and need not be fetched again to be installed.
        kept = kept_at(known)
        kept.parent.mkdir(parents=True, exist_ok=True)
        path.replace(kept)
    return known


def read_metadata(artifact: Artifact, *, root: Path) -> RawMetadata:
    """The core metadata of a wheel, of which as little as possible is fetched.

    A wheel whose requirements depend on its variant is refused: no resolver knows these markers yet.

    Raises :class:`OSError`, :class:`ValueError`, :class:`zipfile.BadZipFile`, and as :func:`fetch_wheel`.
    """
    said = _metadata(artifact, root)
    if any(map(requires_by_variant, said.get("requires_dist", ()))):
        raise ValueError("what it requires depends on its variant (PEP 825)")
    return said


def _metadata(artifact: Artifact, root: Path) -> RawMetadata:
    if is_remote(artifact.url) and artifact.sha256 and not kept_at(artifact).is_file():
        # Imported here: it brings an HTTP client.
        from interlock.engines.python.remote_wheels import reading_metadata

        try:
            with reading_metadata() as read:
                return read(artifact.url)
        except (OSError, ValueError, zipfile.BadZipFile):
            # The server sends whole files only.
            pass
    return wheel_metadata(fetch_wheel(artifact, root=root))


def require_own_variant(artifact: Artifact, variant: Variant | None, *, root: Path) -> None:
    """Raise :class:`UntrustedError` unless a variant wheel itself says that it is this variant.

    What describes variants beside them is not signed. Raises as :func:`fetch_wheel` and :class:`zipfile.BadZipFile`.
    """
    if variant is None:
        return
    label = split_label(str(artifact.filename))[1]
    try:
        own = read_variants(variant_metadata(fetch_wheel(artifact, root=root))).get(str(label))
    except ValueError as error:
        raise UntrustedError(f"its variant.json cannot be read: {error}") from error
    if own is None or own.asked != variant.asked:
        raise UntrustedError("its variant.json says something else of its variant than the file beside it")


def named_as_it_says(wheel: Path, sha256: str) -> Path:
    """The wheel with that hash under a name with the version of its metadata, and without a variant label.

    Some projects rename what they have built, to tell files apart that say the same version inside. An installer would
    refuse these, and as long as PEP 825 is a draft variants as well.

    Raises :class:`ValueError`, :class:`zipfile.BadZipFile` and :class:`OSError`.
    """
    said = Version(str(wheel_metadata(wheel)["version"]))
    plain, label = split_label(wheel.name)
    if parse_wheel_filename(plain)[1] == said and label is None:
        return wheel
    name, _, rest = plain.split("-", 2)
    target = kept_at(Artifact(kind="wheel", url="", filename=f"{name}-{said}-{rest}", sha256=sha256))
    if not target.is_file():
        with staging(target) as staged:
            shutil.copyfile(wheel, staged)
    return target
