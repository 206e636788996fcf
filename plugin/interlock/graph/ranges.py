"""Version ranges of both ecosystems, and the versions that they admit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from interlock.core.names import normal_name

if TYPE_CHECKING:
    from interlock.graph.model import Edge, Node
    from interlock_hooks.types import PyPIPackage, PythonTarget

# Where a match spec has its name, see CondaSpec.
_CONDA_NAME = re.compile(r"[^ =<>!~\[;]*")
_PYPI_NAME = re.compile(r"\s*[A-Za-z0-9._-]+\s*")
_EXTRAS = re.compile(r"\[[^\]]*\]\s*")


def range_text(edge: Edge) -> str:
    """The range of an edge without the name that it begins with; empty when there is nothing but the name."""
    if edge.ecosystem == "pypi":
        return _PYPI_NAME.sub("", edge.range, count=1).strip()
    return _CONDA_NAME.sub("", edge.range.rsplit("::", 1)[-1], count=1).strip()


def restricts(edge: Edge) -> bool:
    """Whether the range of an edge leaves out any version or build."""
    text = range_text(edge)
    if edge.ecosystem == "pypi":
        text = _EXTRAS.sub("", text, count=1).partition(";")[0].strip()
    return text not in ("", "*")


def version_for(edge: Edge, node: Node) -> str:
    """The version of a node that an edge speaks of: PyPI requirements mean the distribution, not the conda record."""
    if edge.ecosystem == "pypi" and node.kind == "conda":
        # Imported here, as below: nothing that only tells of ranges needs it.
        from packaging.requirements import Requirement as Pep508

        name = normal_name(Pep508(edge.range).name)
        return next((entry.version for entry in node.provides if entry.name == name), node.version)
    return node.version


def admits(edge: Edge, node: Node) -> bool | None:
    """Whether the range of an edge admits a package; ``None`` when that cannot be told, as for URLs."""
    if edge.ecosystem == "conda":
        # Imported here: only comparisons need rattler.
        from interlock.engines.rattler.matching import spec_admits
        from interlock_hooks.types import CondaRecord

        if node.kind not in ("conda", "machine"):
            return None
        number = node.content.build_number if isinstance(node.content, CondaRecord) else 0
        build = getattr(node.content, "build", "0")
        return spec_admits(edge.range, name=node.name, version=node.version, build=build, build_number=number)
    from packaging.requirements import Requirement as Pep508

    requirement = Pep508(edge.range)
    if requirement.url is not None:
        return None
    try:
        return requirement.specifier.contains(version_for(edge, node), prereleases=True)
    except ValueError:
        return None


def names_address(edge: Edge) -> bool:
    """Whether an edge says where a package is, by a URL or a path (PEP 508), and not which version it is."""
    from packaging.requirements import Requirement as Pep508

    return edge.ecosystem == "pypi" and Pep508(edge.range).url is not None


def fits_interpreter(package: PyPIPackage, python: PythonTarget) -> bool:
    """Whether the wheel of a package is for an interpreter (PEP 425); what has to be built is for every one."""
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename

    from interlock.core.tags import interpreter_tags

    if package.needs_build or package.artifact.filename is None:
        return True
    try:
        tags = parse_wheel_filename(package.artifact.filename)[3]
    except InvalidWheelFilename:
        return True
    # An environment without PyPI requirements may know no interpreter.
    if "." not in python.version:
        return True
    known = interpreter_tags(python)
    return any((tag.interpreter, tag.abi) in known for tag in tags)
