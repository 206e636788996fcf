"""Packages as components of a bill of materials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, Property, XsUri
from cyclonedx.model.component import Component
from packageurl import PackageURL

from interlock.export.places import is_local

if TYPE_CHECKING:
    from collections.abc import Iterator

    from interlock_hooks.types import BuildPlan, CondaRecord, PyPIPackage


def conda_component(record: CondaRecord) -> Component:
    """A conda package; its package URL has the channel, the subdir and the build."""
    qualifiers = {"build": record.build, "channel": record.channel, "subdir": record.subdir}
    return Component(
        name=record.name,
        version=record.version,
        bom_ref=f"conda:{record.name}",
        purl=PackageURL("conda", name=record.name, version=record.version, qualifiers=qualifiers),
        hashes=_hashes(record.sha256),
        licenses=[LicenseFactory().make_from_string(record.license)] if record.license else (),
        external_references=[_distribution(record.url)] if "://" in record.url else (),
    )


def pypi_component(package: PyPIPackage, plan: BuildPlan | None) -> Component:
    """A PyPI package, from the file or repository that is in the lock; with a ``plan`` it is built from that."""
    artifact = package.artifact
    qualifiers = (
        {} if is_local(artifact) or artifact.kind != "git" else {"vcs_url": f"git+{artifact.url}@{artifact.commit}"}
    )
    return Component(
        name=package.name,
        version=package.known_version,
        bom_ref=f"pypi:{package.name}",
        purl=PackageURL("pypi", name=package.name, version=package.known_version, qualifiers=qualifiers),
        hashes=_hashes(artifact.sha256),
        external_references=() if is_local(artifact) else [_distribution(artifact.url)],
        properties=[] if plan is None else list(_build(plan)),
    )


def _hashes(sha256: str | None) -> list[HashType]:
    return [HashType(alg=HashAlgorithm.SHA_256, content=sha256)] if sha256 else []


def _distribution(url: str) -> ExternalReference:
    return ExternalReference(type=ExternalReferenceType.DISTRIBUTION, url=XsUri(url))


def _build(plan: BuildPlan) -> Iterator[Property]:
    """How a package is built, and what its build environment has on top of the interpreter."""
    yield Property(name="interlock:build:mode", value=plan.mode.value)
    for entry in plan.overlay:
        yield Property(name="interlock:build:overlay", value=f"{entry.name}=={entry.version}")
    for record in plan.base_records:
        yield Property(name="interlock:build:conda", value=record)
    for name, value in plan.variables:
        yield Property(name="interlock:build:variable", value=f"{name}={value}")
