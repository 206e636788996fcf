"""uv's output as a resolution."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from packaging.requirements import Requirement as Pep508
from packaging.utils import NormalizedName, canonicalize_name

from interlock.core.markers import applies
from interlock.core.tags import supported_tags
from interlock.core.toml import read_tables
from interlock.core.urls import file_path, split_url, without_password
from interlock.engines.pylock import PylockPackage, UnfitError, read_packages
from interlock.resolve.uv.findings import hash_differs, hash_unknown, not_understood
from interlock.resolve.uv.log import Edges, read_edges
from interlock.resolve.uv.metadata_stub_backend import ASSUMED_MARK
from interlock.resolve.uv.offers import chosen_offers
from interlock.resolve.uv.passed_over import passed_over
from interlock.resolve.uv.pins import limits_of, pin_version
from interlock.resolve.uv.settings import effective_metadata, pinned_index
from interlock.resolve.uv.wheel_fit import unfit
from interlock_hooks.types import UNKNOWN_VERSION, InterlockError, Metadata, PyPIPackage, Resolution

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from interlock_hooks.types import ProvidedDistribution, PyPIRequest, Requirement
    from interlock_hooks.types.pypi import RequiresByExtra


def read_resolution(document: Mapping[str, Any], log: str, request: PyPIRequest, folder: Path) -> Resolution:
    """The resolution in uv's lock file ``document``, which lies in ``folder``, and its ``log``.

    Raises :class:`InterlockError`: IL312 when a file does not have the hash that the manifest promises, IL313 for a
    wheel that the target cannot use, IL320 when uv's answer is not understood.
    """
    try:
        found = read_packages(
            document,
            folder=folder,
            tags=supported_tags(request.python),
            no_binary=request.options.no_binary,
        )
    except UnfitError as error:
        where = next((each.where for each in request.requirements if each.name == error.name), None)
        raise InterlockError(unfit(error, request.python, where)) from error
    except ValueError as error:
        raise InterlockError(not_understood(f"its lock file has unexpected content: {error}")) from error
    edges = read_edges(log, limits_of(request))
    fixed = (*request.provided, *chosen_offers(found, request))
    provided = {entry.name for entry in fixed}
    own = [package for package in found if package.name not in provided and package.name != ASSUMED_MARK]
    _check_hashes(own, request)
    known = provided | {package.name for package in own}
    versions = {package.name: _version(package, edges, request) for package in own}
    # Extras of packages that conda provides count too.
    selected = [*versions.items(), *((entry.name, pin_version(entry.version)) for entry in fixed)]
    extras = _extras(selected, edges)
    packages = tuple(
        PyPIPackage(
            name=package.name,
            version=versions[package.name],
            artifact=package.artifact,
            requires=_requires(edges.asked((package.name, versions[package.name]), extras[package.name]), known),
            extras=tuple(sorted(extras[package.name])),
            requires_by_extra=_by_extra((package.name, versions[package.name]), extras[package.name], edges, known),
            index=None if package.direct else _index_url(package.name, request),
        )
        for package in own
    )
    _check_edges(packages, edges)
    chosen = {**{entry.name: pin_version(entry.version) for entry in fixed}, **versions}
    return Resolution(
        python=request.python,
        packages=packages,
        provided=tuple(_with_extras(entry, extras[entry.name], edges, known) for entry in fixed),
        metadata=tuple(
            sorted(_metadata(packages, edges, request), key=lambda entry: (entry.name, entry.version or ""))
        ),
        passed_over=tuple(passed_over(edges, chosen)),
        wanted=edges.names,
    )


def _with_extras(
    entry: ProvidedDistribution, extras: set[str], edges: Edges, known: set[NormalizedName]
) -> ProvidedDistribution:
    """What conda provides, with the extras that were asked of it; its stub requires nothing else."""
    if not extras:
        return entry
    node = entry.name, pin_version(entry.version)
    return replace(
        entry,
        extras=tuple(sorted(extras)),
        requires=_requires(edges.asked(node, extras), known),
        requires_by_extra=_by_extra(node, extras, edges, known),
    )


def _by_extra(
    node: tuple[NormalizedName, str], extras: set[str], edges: Edges, known: set[NormalizedName]
) -> RequiresByExtra:
    """What a version requires for each of the extras that were asked of it, and without any."""
    asked = ("", *sorted(set(map(canonicalize_name, extras)))) if extras else ()
    return tuple((extra, _requires(edges.under[node].get(extra, ()), known)) for extra in asked)


def _requires(entries: Sequence[Pep508], known: set[NormalizedName]) -> tuple[str, ...]:
    return tuple(sorted({str(entry) for entry in entries if canonicalize_name(entry.name) in known}))


def _extras(selected: Sequence[tuple[NormalizedName, str]], edges: Edges) -> dict[NormalizedName, set[str]]:
    """The extras that the roots and the selected packages, each with its own extras, ask of each package."""
    extras = defaultdict(set, {name: set(asked) for name, asked in edges.roots.items()})
    before = -1
    while (count := sum(map(len, extras.values()))) != before:
        before = count
        for node in selected:
            for entry in edges.asked(node, extras[node[0]]):
                extras[canonicalize_name(entry.name)] |= entry.extras
    return extras


def _version(package: PylockPackage, edges: Edges, request: PyPIRequest) -> str:
    """The version of a package; of a directory, which uv's lock file leaves without one, what decided it."""
    if package.version is not None:
        return package.version
    declared = [entry.version for entry in effective_metadata(request) if entry.name == package.name]
    logged = edges.versions.get(package.name, [])
    candidates = [*declared, *logged, _static_version(package)]
    return next((version for version in candidates if version is not None), UNKNOWN_VERSION)


def _static_version(package: PylockPackage) -> str | None:
    """The version in the directory's ``pyproject.toml``; uv took metadata from there if no backend was asked."""
    path = file_path(package.artifact.url)
    if path is None:
        return None
    tables = read_tables(path / (package.artifact.subdirectory or "") / "pyproject.toml")
    version = tables.get("project", {}).get("version")
    return version if isinstance(version, str) else None


def _metadata(packages: Sequence[PyPIPackage], edges: Edges, request: PyPIRequest) -> Iterator[Metadata]:
    """What backends said or sources prove, and what was assumed of the selected packages.

    What was said of versions that were not selected is kept: it is the reason why they were not.
    """
    yield from (entry for entry in request.metadata if entry.is_learned)
    for package in packages:
        if any(entry.name == ASSUMED_MARK for entry in edges.requires[package.name, package.version]):
            yield Metadata(name=package.name, version=package.version, origin="assumed")


def _index_url(name: NormalizedName, request: PyPIRequest) -> str | None:
    """The index that served a package, where there is no doubt: uv does not say."""
    for requirement in request.requirements:
        if requirement.name == name and (index := pinned_index(requirement, request)) is not None:
            return without_password(index.url)
    options = request.options
    general = [index for index in options.indexes if not index.explicit]
    if len(general) == 1 and general[0].default and not options.find_links:
        return without_password(general[0].url)
    return None


def _check_hashes(packages: Sequence[PylockPackage], request: PyPIRequest) -> None:
    """Compare with the hashes of requirements: uv records what it fetched, right or wrong."""
    found = {package.name: package.artifact for package in packages}
    for requirement in request.requirements:
        artifact = found.get(requirement.name)
        if artifact is None or not applies(Pep508(requirement.text), request.python):
            continue
        if requirement.hashes and artifact.sha256 is None:
            raise InterlockError(hash_unknown(requirement, artifact))
        for promised in filter(None, (requirement.hashes, _hash_in_url(requirement))):
            if artifact.sha256 is not None and artifact.sha256 not in promised:
                raise InterlockError(hash_differs(requirement, promised, artifact))


def _hash_in_url(requirement: Requirement) -> tuple[str, ...]:
    fragment = split_url(Pep508(requirement.text).url or "").fragment
    stated = dict(part.split("=", 1) for part in fragment.split("&") if "=" in part).get("sha256")
    return (stated.lower(),) if stated else ()


def _check_edges(packages: Sequence[PyPIPackage], edges: Edges) -> None:
    """The log must at least explain why each package is there, or a newer uv writes it differently."""
    wanted = {package.name for package in packages} - edges.roots.keys()
    named = {canonicalize_name(entry.name) for entries in edges.requires.values() for entry in entries}
    if unexplained := sorted(wanted - named):
        raise InterlockError(not_understood(f"its log does not say what requires {', '.join(unexplained)}"))
