"""Wheels that were built for an environment, published for others: an index that installers and ``prebuilt`` read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.builds.prebuilt.target import target_of
from interlock.builds.provenance.signing import signer_here
from interlock.builds.publishing import findings
from interlock.builds.publishing.index import Added, add_wheels
from interlock.builds.publishing.labels import label_of
from interlock.builds.publishing.relabeling import relabeled
from interlock.builds.publishing.vouching import Vouching
from interlock.builds.store.storage import open_storage
from interlock.builds.store.store import default_store
from interlock.core.activity import doing
from interlock.core.scratch import temporary_directory
from interlock.project.built_wheels import built_wheels
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.project.opening import Project
    from interlock_hooks.types import Finding


@dataclass(frozen=True, slots=True)
class Publication:
    """What is at ``place`` now, an index or a channel, of the wheels that were to be published."""

    place: str
    files: tuple[Added, ...]
    findings: tuple[Finding, ...] = ()


def publish(project: Project, name: str, place: str, only: Sequence[str] = ()) -> Publication:
    """Publish the wheels that were built for an environment, of the packages ``only`` if any are named.

    ``place`` is a directory or a URL that fsspec knows. Raises :class:`InterlockError` as :func:`built_wheels` does,
    IL469 when the key of this machine cannot be used, and IL677 when the place cannot be written.
    """
    built = built_wheels(project, name, only)
    target = target_of(built.locked.resolution, built.locked.conda)
    with temporary_directory() as folder:
        vouching = Vouching(
            (stored.entry for stored in default_store().entries({plan.name for plan, _ in built.wheels})), signer_here()
        )
        wheels: dict[Path, bytes | None] = {}
        for plan, wheel in built.wheels:
            label = label_of(plan.imports or (), target)
            made = relabeled(wheel, label, folder) if label else wheel
            wheels[made] = vouching.line(wheel, made)
        doing(f"publishing {', '.join(wheel.name for wheel in wheels)}")
        try:
            added = add_wheels(open_storage(place), wheels)
        except Exception as error:  # Every file system raises exceptions of its own.
            raise InterlockError(findings.not_published(place, f"{type(error).__name__}: {error}")) from error
    replacing = (each for each in added if each.kept not in (None, each.sha256))
    other = (findings.other_content(each.file.name, each.sha256, str(each.kept)) for each in replacing)
    return Publication(place, tuple(added), (*built.findings, *other))
