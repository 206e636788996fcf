"""What a universe looks like to the engines, and what they make of it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from urllib.parse import quote

from packaging.utils import NormalizedName

from interlock.pipeline.conda_side import CondaSide
from interlock.pipeline.solving import solve_both
from interlock.plugins.builtin import register_builtins
from interlock.plugins.manager import Plugins
from interlock.resolve.joint.search import Joint
from interlock_hooks.testing.channel import PLATFORM, Channel
from interlock_hooks.testing.sdists import Source
from interlock_hooks.testing.wheels import core_metadata, write_wheel
from interlock_hooks.types import (
    CondaSpec,
    EnvironmentRequest,
    Index,
    Metadata,
    PyPIOptions,
    PyPIPackage,
    Requirement,
    Resolution,
    SolveOptions,
)
from kit.repository import commit, make_repository
from kit.universe import PYTHONS, Package, SourceTree, Universe


def solve_universe(universe: Universe, folder: Path) -> Joint:
    """Solve a universe with the real engines. Raises :class:`~interlock.resolve.joint.search.UnsolvableError`."""
    return solve_request(request_in(universe, folder))[0]


def request_in(universe: Universe, folder: Path) -> EnvironmentRequest:
    """What the project of a universe asks for, with all that there is written into a folder."""
    return EnvironmentRequest(
        name="default",
        platform=PLATFORM,
        root=folder,
        channels=(_write_channel(universe, folder / "channel"),),
        conda_specs=(CondaSpec(spec="python"), *(CondaSpec(spec=f"{name} {text}") for name, text in universe.specs)),
        requirements=(
            *(Requirement(name=NormalizedName(name), text=name + text) for name, text in universe.requirements),
            *(_write_source(source, folder / "source") for source in universe.sources),
        ),
        pypi=PyPIOptions(
            indexes=(Index(url=_write_index(universe, folder / "wheels"), default=True, format="flat"),),
            prerelease="allow",
        ),
        solve=SolveOptions(
            prefer="pypi" if universe.prefers_pypi else "conda",
            from_pypi=tuple(map(NormalizedName, universe.from_pypi)),
        ),
    )


def solve_request(request: EnvironmentRequest, plugins: Plugins | None = None) -> tuple[Joint, CondaSide]:
    """Solve a request without sdists with the real engines; the answer, and conda's side of it."""
    return solve_both(request, plugins or builtin_plugins(), lambda _: Stated())


def builtin_plugins() -> Plugins:
    """The plugins that come with Interlock, and no others."""
    plugins = Plugins()
    register_builtins(plugins)
    return plugins


class Stated:
    """Whatever has to be built states what it requires, so that nobody asks for its metadata."""

    def metadata(self, package: PyPIPackage, resolution: Resolution) -> Metadata:
        raise AssertionError(f"{package} does not state its metadata")

    def doubted(self, package: PyPIPackage, resolution: Resolution) -> bool:
        return False


def _write_channel(universe: Universe, folder: Path) -> str:
    """A conda channel of records only; its address."""
    packages = (*universe.conda, *(Package("python", version) for version in PYTHONS))
    for subdir in (PLATFORM, "noarch"):
        place = folder / subdir
        place.mkdir(parents=True)
        records = dict(_record(each, place) for each in packages if each.noarch == (subdir == "noarch"))
        index = {"info": {"subdir": subdir}, "packages": {}, "packages.conda": records}
        (place / "repodata.json").write_text(json.dumps(index))
    return folder.as_uri()


def _write_index(universe: Universe, folder: Path) -> str:
    """A flat index of wheels; its address."""
    folder.mkdir()
    for package in universe.pypi:
        tag = f"cp{package.python.replace('.', '')}-none-any" if package.python else "py3-none-any"
        needs = [name + text for name, text in package.needs]
        write_wheel(
            folder,
            package.name,
            package.version,
            requires=needs,
            extras=_extras(package),
            tag=tag,
            requires_python=package.requires_python or None,
        )
    return str(folder)


def _write_source(source: SourceTree, folder: Path) -> Requirement:
    """A source tree, and the requirement that names it."""
    package = source.package
    tree = Source(
        name=package.name,
        version=package.version,
        requires=[name + text for name, text in package.needs],
        extras=_extras(package),
        requires_python=package.requires_python or None,
    ).write_tree(folder)
    if source.kind == "git":
        commit(make_repository(tree), "as it is")
    scheme = "git+" if source.kind == "git" else ""
    text = f"{package.name} @ {scheme}{tree.as_uri()}"
    return Requirement(name=NormalizedName(package.name), text=text, editable=source.kind == "editable")


def _extras(package: Package) -> dict[str, list[str]] | None:
    return {"x": [name + text for name, text in package.extra]} if package.name.startswith("app") else None


def _record(package: Package, folder: Path) -> tuple[str, dict[str, object]]:
    build = f"py{package.python.replace('.', '')}" if package.python else "0"
    depends = [f"{name} {text}".strip() for name, text in package.needs]
    if package.python:
        depends.append(f"python {package.python}.*")
    record: dict[str, object] = {
        "name": package.name,
        "version": package.version,
        "build": build,
        "build_number": 0,
        "depends": depends,
        "constrains": [f"{name} {text}".strip() for name, text in package.constrains],
        "subdir": "noarch" if package.noarch else PLATFORM,
        "sha256": "0" * 64,
        "purls": [_purl(package, *each) for each in package.supplies],
    }
    file_name = f"{package.name}-{package.version}-{build}.conda"
    if package.supplies:
        # What the extras of a distribution need is only in the package itself.
        record["sha256"] = _write_package(package, build, folder / file_name)
    return file_name, record


def _write_package(package: Package, build: str, target: Path) -> str:
    """A conda package with nothing but metadata; its hash."""
    name, version = package.supplies[0]
    info = f"lib/python{package.python}/site-packages/{name}-{version}.dist-info"
    extras = {"x": [name + text for name, text in package.extra]}
    made = Channel(target.parent.parent / "made").add(
        package.name,
        package.version,
        build=build,
        files={f"{info}/METADATA": core_metadata(name, version, extras=extras)},
    )
    made.replace(target)
    return hashlib.sha256(target.read_bytes()).hexdigest()


def _purl(package: Package, name: str, version: str) -> str:
    # Only a version that is not the record's own has to be said.
    same = package.version.replace("_", ".") == version
    return f"pkg:pypi/{name}" if same else f"pkg:pypi/{name}@{quote(version)}"
