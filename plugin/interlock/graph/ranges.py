"""What a range admits and where it ends, for both ecosystems' ways to write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.requirements import Requirement as Pep508
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from interlock_hooks.types import CondaRecord, CondaSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interlock.graph.model import Edge, Node
    from interlock_hooks.types import PyPIPackage, PythonTarget

_PYPI_NAME = re.compile(r"\s*[A-Za-z0-9._-]+\s*")
_EXTRAS = re.compile(r"\[[^\]]*\]\s*")
_OPERATORS = ("===", "==", "~=", ">=", "<=", "!=", ">", "<")


@dataclass(frozen=True, slots=True)
class Bounds:
    """The lowest and highest version that a range admits, each with whether it is admitted itself; ``None``: open."""

    lower: tuple[Version, bool] | None = None
    upper: tuple[Version, bool] | None = None


def range_text(edge: Edge) -> str:
    """The range of an edge without the name that it begins with; empty when there is nothing but the name."""
    if edge.ecosystem == "pypi":
        return _PYPI_NAME.sub("", edge.range, count=1).strip()
    spec = edge.range.rsplit("::", 1)[-1]
    return spec[len(CondaSpec(spec=spec).name) :].strip()


def restricts(edge: Edge) -> bool:
    """Whether the range of an edge leaves out any version or build."""
    text = range_text(edge)
    if edge.ecosystem == "pypi":
        text = _EXTRAS.sub("", text, count=1).partition(";")[0].strip()
    return text not in ("", "*")


def version_for(edge: Edge, node: Node) -> str:
    """The version of a node that an edge speaks of: PyPI requirements mean the distribution, not the conda record."""
    if edge.ecosystem == "pypi" and node.kind == "conda":
        name = canonicalize_name(Pep508(edge.range).name)
        return next((entry.version for entry in node.provides if entry.name == name), node.version)
    return node.version


def admits(edge: Edge, node: Node) -> bool | None:
    """Whether the range of an edge admits a package; ``None`` when that cannot be told, as for URLs."""
    if edge.ecosystem == "conda":
        # Imported here: only comparisons need rattler.
        from interlock.engines.rattler.matching import spec_admits

        if node.kind not in ("conda", "machine"):
            return None
        number = node.content.build_number if isinstance(node.content, CondaRecord) else 0
        build = getattr(node.content, "build", "0")
        return spec_admits(edge.range, name=node.name, version=node.version, build=build, build_number=number)
    requirement = Pep508(edge.range)
    if requirement.url is not None:
        return None
    try:
        return requirement.specifier.contains(version_for(edge, node), prereleases=True)
    except InvalidVersion:
        return None


def fits_interpreter(package: PyPIPackage, python: PythonTarget) -> bool:
    """Whether the wheel of a package is for an interpreter (PEP 425); what has to be built is for every one."""
    if package.needs_build or package.artifact.filename is None:
        return True
    try:
        tags = parse_wheel_filename(package.artifact.filename)[3]
    except InvalidWheelFilename:
        return True
    # An environment without PyPI requirements may know no interpreter.
    minor = Version(python.version).release[1:2]
    return not minor or any(_fits(tag.interpreter, tag.abi, minor[0]) for tag in tags)


def _fits(interpreter: str, abi: str, minor: int) -> bool:
    found = re.fullmatch(r"(cp|py)3(\d+)", interpreter)
    if found is None:
        return interpreter == "py3"
    older = found[1] == "py" or abi in ("abi3", "none")
    return int(found[2]) == minor or (older and int(found[2]) < minor)


def bounds(edge: Edge) -> Bounds | None:
    """Where the range of an edge ends; ``None`` when that cannot be told."""
    text = _versions(edge)
    if text is None or "(" in text:
        return None
    try:
        alternatives = [_conjunction(part) for part in text.split("|")]
    except InvalidVersion:
        return None
    lowers, uppers = [each.lower for each in alternatives], [each.upper for each in alternatives]
    return Bounds(
        lower=None if None in lowers else min(filter(None, lowers), key=_as_lower),
        upper=None if None in uppers else max(filter(None, uppers), key=_as_upper),
    )


def tightest(edges: Sequence[Edge]) -> tuple[frozenset[Edge], frozenset[Edge]]:
    """The edges with the highest lower bound, and those with the lowest upper bound."""
    known = [(edge, found) for edge in edges if (found := bounds(edge)) is not None]
    lower = {edge: _as_lower(found.lower) for edge, found in known if found.lower is not None}
    upper = {edge: _as_upper(found.upper) for edge, found in known if found.upper is not None}
    return (
        frozenset(edge for edge, bound in lower.items() if bound == max(lower.values())),
        frozenset(edge for edge, bound in upper.items() if bound == min(upper.values())),
    )


def _versions(edge: Edge) -> str | None:
    if edge.ecosystem == "pypi":
        requirement = Pep508(edge.range)
        return None if requirement.url else str(requirement.specifier)
    from interlock.engines.rattler.matching import version_range

    return version_range(edge.range)


def _conjunction(text: str) -> Bounds:
    clauses = [_clause(clause.strip()) for clause in text.split(",") if clause.strip()]
    return Bounds(
        lower=max((each.lower for each in clauses if each.lower), key=_as_lower, default=None),
        upper=min((each.upper for each in clauses if each.upper), key=_as_upper, default=None),
    )


def _clause(text: str) -> Bounds:
    if text == "*":
        return Bounds()
    operator = next((each for each in _OPERATORS if text.startswith(each)), "==")
    version = text.removeprefix(operator).strip()
    if operator == "!=":
        return Bounds()
    if operator in ("==", "===") and version.endswith(".*"):
        return _series(version.removesuffix(".*").split("."), version.removesuffix(".*"))
    found = Version(version)
    if operator == "~=":
        return _series(version.split(".")[:-1], version)
    exact = operator in ("==", "===")
    return Bounds(
        lower=(found, operator != ">") if exact or operator.startswith(">") else None,
        upper=(found, operator != "<") if exact or operator.startswith("<") else None,
    )


def _series(release: list[str], start: str) -> Bounds:
    """From ``start`` to before the next version of the same length as ``release``."""
    if not release[-1].isdecimal():
        raise InvalidVersion(start)
    after = ".".join([*release[:-1], str(int(release[-1]) + 1)])
    return Bounds(lower=(Version(start), True), upper=(Version(after), False))


def _as_lower(bound: tuple[Version, bool]) -> tuple[Version, bool]:
    version, included = bound
    return version, not included


def _as_upper(bound: tuple[Version, bool]) -> tuple[Version, bool]:
    return bound
