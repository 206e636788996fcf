"""A bill of materials in the format CycloneDX 1.6, by its own library."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from interlock import __version__
from interlock.export.findings import no_library
from interlock.export.model import Exported
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cyclonedx.model.bom import Bom

    from interlock.export.model import Subject


def export(subject: Subject) -> Exported:
    """The packages of the environment with hashes, licenses, sources and dependencies, as JSON.

    Packages that are built here say how. The same lock gives the same text: there is no time in it, and the serial
    number is made of the packages. Raises :class:`InterlockError` (IL646) without the library.
    """
    try:
        from cyclonedx.output import make_outputter
        from cyclonedx.schema import OutputFormat, SchemaVersion
    except ImportError as error:
        raise InterlockError(no_library(error)) from error

    outputter = make_outputter(_bom(subject), OutputFormat.JSON, SchemaVersion.V1_6)
    return Exported(text=f"{outputter.output_as_string(indent=2)}\n")


def _bom(subject: Subject) -> Bom:
    from cyclonedx.model.bom import Bom, BomMetaData
    from cyclonedx.model.component import Component, ComponentType

    from interlock.export.components import conda_component, pypi_component

    locked = subject.locked
    components = {
        **{f"conda:{each.name}": conda_component(each) for each in locked.conda.records},
        **{f"pypi:{each.name}": pypi_component(each, locked.plan(each.name)) for each in locked.resolution.packages},
    }
    root = Component(name=subject.project, type=ComponentType.APPLICATION, bom_ref=f"project:{subject.project}")
    tool = Component(name="interlock", version=__version__, type=ComponentType.APPLICATION)
    metadata = BomMetaData(component=root)
    metadata.tools.components.add(tool)
    # The format does without, the library only when told.
    metadata.timestamp = None  # type: ignore[assignment]
    serial = uuid5(NAMESPACE_URL, "\n".join((subject.title, *map(str, _identities(subject)))))
    bom = Bom(components=components.values(), metadata=metadata, serial_number=serial)
    needed = {each for needs in subject.needs.values() for each in needs}
    bom.register_dependency(root, [component for key, component in components.items() if key not in needed])
    for key, component in components.items():
        bom.register_dependency(component, [components[each] for each in subject.needs.get(key, ())])
    return bom


def _identities(subject: Subject) -> Iterator[str]:
    for record in subject.locked.conda.records:
        yield f"{record.url} {record.sha256}"
    for package in subject.locked.resolution.packages:
        artifact = package.artifact
        yield f"{package} {artifact.filename or artifact.url} {artifact.sha256 or artifact.commit}"
