"""The state of a prefix: what Interlock put there, from what, and whether it finished."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from interlock import __version__
from interlock.core.files import write_atomic
from interlock.core.globs import Pattern
from interlock.core.shapes import check_fields
from interlock.engines.pylock import exact_document
from interlock.install.fresh import (
    SCHEMA,
    STATE,
    conda_overrides,
    describe_input,
    describe_pattern,
    is_same_place,
    prefix_stamp,
    read_state,
)
from interlock.install.graph_record import write_graph

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.utils import NormalizedName

    from interlock_hooks.types import Artifact, BuiltWheel, PyPIPackage


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledPackage:
    """A PyPI package that Interlock installed. ``identity`` names the artifact, ``built`` is the mode of its build."""

    version: str
    identity: str
    built: str | None = None
    source: str = ""

    @property
    def editable(self) -> bool:
        """Whether it is a link to a directory of this machine."""
        return "editable" in self.identity.split()


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is recorded in ``conda-meta/interlock``.

    While ``complete`` is false an install is under way or was interrupted, ``began`` is when it first changed something
    (ns since the epoch), and ``pypi`` is what had been installed by then. ``python`` is the minor version whose
    site-packages they are in, ``prefix`` where it was made, and ``frozen`` tells that the lock was not compared with
    the manifest. ``chosen`` is the platform that the user chose among those for machines like this one. ``repairing``
    says that the interrupted install had found damaged files; ``linking`` are the conda packages that it was about to
    link (``name-version-build``), ``leaving`` the files of packages that it was about to remove, and ``placing`` the
    packages that uv was about to install, as entries of a lock file (PEP 751).
    """

    environment: str
    platform: str
    complete: bool = False
    began: int = 0
    python: str | None = None
    site_packages: str | None = None
    prefix: str = ""
    frozen: bool = False
    chosen: str | None = None
    repairing: bool = False
    linking: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()
    placing: tuple[Mapping[str, Any], ...] = ()
    pypi: Mapping[str, InstalledPackage] = field(default_factory=dict)

    def is_of(self, prefix: Path) -> bool:
        """Whether it was made in that place."""
        return not self.prefix or is_same_place(self.prefix, str(prefix))

    def completed(self, *, python: str | None, site_packages: str | None, frozen: bool, chosen: str | None) -> State:
        """The state after an install that ended."""
        return replace(
            self,
            complete=True,
            python=python,
            site_packages=site_packages,
            frozen=frozen,
            chosen=chosen,
            repairing=False,
            linking=(),
            leaving=(),
            placing=(),
        )

    def with_packages(self, packages: Mapping[str, InstalledPackage]) -> State:
        """The state after packages were installed."""
        return replace(self, complete=False, placing=(), pypi={**self.pypi, **packages})

    def beginning(self, packages: Sequence[PyPIPackage], files: Mapping[NormalizedName, Path]) -> State:
        """The state before packages are installed: they are ours, and not yet the artifacts that they are to be.

        ``files`` are the wheels of those that lie on this machine.
        """
        begun: dict[str, InstalledPackage] = {
            each.name: InstalledPackage(version=each.version, identity="") for each in packages
        }
        placing = tuple(exact_document(packages, files)["packages"])
        return replace(self, complete=False, placing=placing, pypi={**self.pypi, **begun})

    def announcing(self, linking: Iterable[str], leaving: Iterable[str]) -> State:
        """The state before packages are linked, and files removed."""
        coming, going = (*self.linking, *linking), (*self.leaving, *leaving)
        return replace(self, linking=tuple(dict.fromkeys(coming)), leaving=tuple(dict.fromkeys(going)))

    def without(self, names: Sequence[str]) -> State:
        """The state after packages were removed."""
        kept = {name: package for name, package in self.pypi.items() if name not in names}
        return replace(self, complete=False, pypi=kept)


def identity_of(package: PyPIPackage) -> str:
    """What tells the artifact of a package from others: its hash, its commit, or its place."""
    artifact: Artifact = package.artifact
    if artifact.kind == "directory":
        return f"{artifact.url}{' editable' if artifact.editable else ''}"
    return artifact.sha256 or artifact.commit or artifact.url


def installed_package(package: PyPIPackage, wheel: BuiltWheel | None = None) -> InstalledPackage:
    """The record of a package that was installed from its artifact, or from the wheel that was built of it."""
    if wheel is None:
        return InstalledPackage(version=package.version, identity=identity_of(package), source=package.artifact.kind)
    identity = f"{identity_of(package)} built {wheel.sha256}"
    return InstalledPackage(version=wheel.version, identity=identity, built=wheel.how, source=package.artifact.kind)


def installed_entries(
    packages: Sequence[PyPIPackage], wheels: Mapping[NormalizedName, BuiltWheel]
) -> dict[str, InstalledPackage]:
    """The records of packages by name; ``wheels`` are those that were built."""
    return {package.name: installed_package(package, wheels.get(package.name)) for package in packages}


def load_state(prefix: Path) -> State | None:
    """The recorded state, ``None`` if Interlock has not worked on this prefix or the record is damaged."""
    data = read_state(str(prefix))
    if data is None:
        return None
    try:
        state = State(
            environment=data["environment"],
            platform=data["platform"],
            complete=data["complete"],
            began=data.get("began", 0),
            python=data["python"],
            site_packages=data["site_packages"],
            prefix=data["prefix"],
            frozen=data["frozen"],
            chosen=data.get("chosen"),
            repairing=data.get("repairing", False),
            linking=tuple(data.get("linking", ())),
            leaving=tuple(data.get("leaving", ())),
            placing=tuple(data.get("placing", ())),
            pypi={name: InstalledPackage(**entry) for name, entry in data["pypi"].items()},
        )
        check_fields(state)
    except (KeyError, TypeError, AttributeError):
        return None
    return state if state.site_packages is None or _lies_inside(state.site_packages) else None


def is_doubtful(prefix: Path, state: State) -> bool:
    """Whether the packages in a prefix may be others than its state says: an install or another tool was at it."""
    stamp = (read_state(str(prefix)) or {}).get("stamp")
    return not state.complete or stamp != prefix_stamp(str(prefix), state.site_packages)


def _lies_inside(path: str) -> bool:
    """Whether a path is relative and stays in its directory: packages are removed from there."""
    return "\0" not in path and not PurePath(path).is_absolute() and ".." not in PurePath(path).parts


def save_state(
    prefix: Path,
    state: State,
    *,
    inputs: Mapping[Path | Pattern, int] = MappingProxyType({}),
    report: Mapping[str, Any] | None = None,
    activation: Mapping[str, Any] | None = None,
    packages: Sequence[Mapping[str, str]] = (),
    graph: Mapping[str, Any] | None = None,
) -> None:
    """Record the state. With ``state.complete``, ``inputs`` and the prefix as it is now are what a no-op compares.

    ``inputs`` have the time at which each was read (nanoseconds since the epoch): one that changed after it makes the
    next install look again. ``activation`` is what :func:`~interlock.install.activation.activation_record` gives, and
    ``packages`` what :func:`~interlock.install.listed.listing_record` does; ``graph`` is kept beside it. Raises
    :class:`OSError`.
    """
    data: dict[str, Any] = {
        "schema": SCHEMA,
        "interlock": __version__,
        "environment": state.environment,
        "platform": state.platform,
        "complete": state.complete,
        "began": state.began,
        "python": state.python,
        "site_packages": state.site_packages,
        "prefix": str(prefix),
        "frozen": state.frozen,
        "chosen": state.chosen,
        "repairing": state.repairing,
        "linking": state.linking,
        "leaving": state.leaving,
        "placing": state.placing,
        "pypi": {
            name: {"version": p.version, "identity": p.identity, "built": p.built, "source": p.source}
            for name, p in sorted(state.pypi.items())
        },
    }
    if state.complete:
        data["inputs"] = {_label(each): _describe(each, read_at) for each, read_at in inputs.items()}
        data["overrides"] = conda_overrides()
        data["report"] = dict(report or {})
        data["activation"] = dict(activation or {})
        data["packages"] = list(packages)
        data["graph"] = write_graph(prefix, graph)
        data["stamp"] = prefix_stamp(str(prefix), state.site_packages)
    # Whoever writes it has the prefix for itself.
    write_atomic(prefix / STATE, json.dumps(data), alone=True)


def _label(source: Path | Pattern) -> str:
    return f"{source.tree}/{source.glob}" if isinstance(source, Pattern) else str(source)


def _describe(source: Path | Pattern, read_at: int) -> list[Any]:
    if isinstance(source, Pattern):
        seen, put_there = describe_pattern(source), 0
    else:
        seen, put_there = describe_input(str(source)), _put_there(source)
    # Solving and building take long, and files may be edited meanwhile, or replaced by older ones.
    if isinstance(seen[1], int) and any(read_at < at <= time.time_ns() for at in (seen[1], put_there)):
        return ["changed while it was installed", None, ""]
    return seen


def _put_there(path: Path) -> int:
    """When a file got its name or content (ns since the epoch); unlike the time of its content nobody can set it."""
    try:
        return 0 if path.is_dir() else max(path.stat().st_ctime_ns, path.lstat().st_ctime_ns)
    except OSError:
        return 0
