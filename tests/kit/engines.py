"""Engines that write real files into a real prefix, and can be stopped between any two of them."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packaging.utils import NormalizedName, canonicalize_name

from interlock.engines.python.distributions import SiteDistribution, record_digest, site_distributions
from interlock.engines.rattler.record_json import record_to_json
from interlock.engines.wheel_files import WheelFiles, remember_wheel
from interlock.install.options import InstallOptions
from interlock.install.transaction import Transaction
from interlock_hooks.testing.wheels import write_wheel
from interlock_hooks.types import (
    Artifact,
    BuildMode,
    BuiltWheel,
    CondaRecord,
    CondaSolution,
    Event,
    FindingReported,
    LockedEnvironment,
    ProvidedDistribution,
    PyPIPackage,
    PythonTarget,
    Resolution,
)


class Stopped(BaseException):
    """The process was killed here."""


@dataclass
class Engines:
    """Stand-ins for rattler and uv: what they do to files, and what was asked of them.

    ``conda`` and ``wheels`` hold the files of packages by name and version. ``stop_at`` is the number of the step
    before which everything ends, as if killed.
    """

    conda: dict[str, dict[str, str]] = field(default_factory=dict)
    wheels: dict[str, dict[str, str]] = field(default_factory=dict)
    stop_at: int | None = None
    steps: int = 0
    calls: list[str] = field(default_factory=list)
    on_install: Callable[[], None] | None = None

    def step(self) -> None:
        if self.steps == self.stop_at:
            raise Stopped
        self.steps += 1

    def link(
        self, prefix: Path, records: Sequence[CondaRecord], *, on_progress: object, reinstall: Collection[str] = ()
    ) -> bool:
        self.calls.append(f"link {' '.join(sorted(reinstall))}".strip())
        metas = {meta: json.loads(meta.read_bytes()) for meta in (prefix / "conda-meta").glob("*-*-*.json")}
        wanted = {(r.name, r.version, r.build) for r in records}
        for meta, data in metas.items():
            if (data["name"], data["version"], data["build"]) not in wanted or data["name"] in reinstall:
                self._remove(prefix, data["files"])
                self.step()
                meta.unlink()
        for record in records:
            meta = prefix / "conda-meta" / f"{record.name}-{record.version}-{record.build}.json"
            if not meta.exists():
                self._link_one(prefix, record, meta)
        return True

    def install(
        self,
        python: Path,
        packages: Sequence[PyPIPackage],
        *,
        wheels: Mapping[NormalizedName, Path] | None = None,
        root: Path,
    ) -> None:
        if not packages:
            return
        self.calls.append(f"install {' '.join(package.name for package in packages)}")
        assert python.is_file()
        site = site_of(python.parent.parent)
        # uv removes everything that it replaces before it installs anything.
        there = site_distributions(site)
        new = [each for each in packages if not self._is_there(each, there.get(each.name), wheels or {})]
        for old in [there[package.name] for package in new if package.name in there]:
            self._remove(site, old.files)
            shutil.rmtree(old.info, ignore_errors=True)
        for package in new:
            self._install_one(site, package)
        if self.on_install is not None:
            self.on_install()

    def place_again(self, python: Path, entries: Sequence[Mapping[str, Any]], *, root: Path) -> None:
        site = site_of(python.parent.parent)
        there = site_distributions(site)
        for entry in entries:
            if canonicalize_name(entry["name"]) not in there:
                self._install_one(site, package(entry["name"], entry["version"]))

    def uninstall(self, python: Path, names: Sequence[str]) -> None:
        if not names:
            return
        self.calls.append(f"uninstall {' '.join(names)}")
        site = site_of(python.parent.parent)
        for name in names:
            found = site_distributions(site).get(canonicalize_name(name))
            if found is not None:
                assert (found.info / "RECORD").is_file(), "uv refuses to uninstall without RECORD"
                self._remove(site, found.files)
                self.step()
                shutil.rmtree(found.info, ignore_errors=True)

    def _is_there(
        self, package: PyPIPackage, old: SiteDistribution | None, wheels: Mapping[NormalizedName, Path]
    ) -> bool:
        same = old is not None and old.installer == "uv" and old.version == package.version
        return same and package.name not in wheels

    def _link_one(self, prefix: Path, record: CondaRecord, meta: Path) -> None:
        files = self.conda[f"{record.name} {record.version}"]
        for path, content in files.items():
            self._write(prefix / path, content)
        data = record_to_json(record)
        data["files"] = list(files)
        data["paths_data"] = {
            "paths": [
                {"_path": path, "sha256": hashlib.sha256(content.encode()).hexdigest()}
                for path, content in files.items()
            ]
        }
        self._write(meta, json.dumps(data))

    def _install_one(self, site: Path, package: PyPIPackage) -> None:
        info = f"{package.name.replace('-', '_')}-{package.version}.dist-info"
        rows = [f"{info}/RECORD,,", f"{info}/INSTALLER,,"]
        for path, content in self.wheels[f"{package.name} {package.version}"].items():
            self._write(site / path, content)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content.encode()).digest()).rstrip(b"=").decode()
            rows.append(f"{path},sha256={digest},{len(content)}")
        self._write(site / info / "RECORD", "\n".join(rows) + "\n")
        self._write(site / info / "INSTALLER", "uv")

    def _write(self, path: Path, content: str) -> None:
        self.step()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)

    def _remove(self, folder: Path, paths: Collection[str]) -> None:
        for path in paths:
            (folder / path).unlink(missing_ok=True)
            parent = (folder / path).parent
            while parent.is_dir() and not any(parent.iterdir()):
                parent.rmdir()
                parent = parent.parent


def site_of(prefix: Path) -> Path:
    """The only site-packages directory of a prefix."""
    minor = (prefix / "bin/python").read_text()
    return prefix / f"lib/python{minor}/site-packages"


@dataclass
class World:
    """A prefix, the engines that work on it, and what was reported."""

    prefix: Path
    root: Path
    engines: Engines
    events: list[Event] = field(default_factory=list)

    def transaction(self, locked: LockedEnvironment, options: InstallOptions = InstallOptions()) -> Transaction:
        return Transaction(self.prefix, locked, root=self.root, emit=self.events.append, options=options)

    def install(self, locked: LockedEnvironment, *, repair: bool = False, **built: str) -> bool:
        """A whole install, as the pipeline does it; ``built`` are digests of wheels by package."""
        began = time.time_ns()
        with self.transaction(locked, InstallOptions(repair=repair)) as doing:
            doing.link_conda()
            doing.remove_extraneous()
            doing.install_wheels(doing.missing_wheels())
            for package in locked.resolution.packages:
                if package.needs_build:
                    doing.install_built(package, self.wheel(package, built.get(package.name, "0")))
            doing.commit(inputs={self.root / "pyproject.toml": began}, report={"environment": locked.name})
        return doing.changed

    def wheel(self, package: PyPIPackage, digest: str) -> BuiltWheel:
        files = self.engines.wheels[f"{package.name} {package.version}"]
        path = write_wheel(self.root / "store" / digest, package.name, package.version, modules=files)
        return BuiltWheel(
            name=package.name, version=package.version, path=path, sha256=digest, mode=BuildMode.MATCHED, seconds=1.0
        )

    def content(self) -> dict[str, str]:
        """Every file of the prefix except the state, with its content."""
        files = (path for path in sorted(self.prefix.rglob("*")) if path.is_file())
        found = {str(path.relative_to(self.prefix)): path.read_text() for path in files}
        return {path: text for path, text in found.items() if path != "conda-meta/interlock"}

    @property
    def findings(self) -> list[str]:
        return [event.finding.code for event in self.events if isinstance(event, FindingReported)]


def record(name: str, version: str) -> CondaRecord:
    """A conda record of the name and version."""
    return CondaRecord(
        name=name,
        version=version,
        build="h0_0",
        build_number=0,
        subdir="linux-64",
        url=f"https://conda.example/linux-64/{name}-{version}-h0_0.conda",
        file_name=f"{name}-{version}-h0_0.conda",
        channel="https://conda.example",
        sha256=hashlib.sha256(f"{name} {version}".encode()).hexdigest(),
    )


def package(name: str, version: str, *, kind: str = "wheel", sha256: str | None = None) -> PyPIPackage:
    """A PyPI package of the name and version."""
    digest = sha256 or hashlib.sha256(f"{name} {version}".encode()).hexdigest()
    url = f"https://pypi.example/{name}-{version}"
    return PyPIPackage(
        name=canonicalize_name(name),
        version=version,
        artifact=Artifact(kind=kind, url=url, sha256=digest),  # type: ignore[arg-type]
    )


def remember(package: PyPIPackage, site: Mapping[str, str], prefix: Mapping[str, str] | None = None) -> None:
    """Let it be known what a package's wheel has below site-packages (contents), and elsewhere (digests)."""
    digests = {path: record_digest(hashlib.sha256(content.encode()).digest()) for path, content in site.items()}
    remember_wheel(package, WheelFiles(digests, prefix or {}))


def locked(
    *packages: PyPIPackage,
    python: str | None = "3.12.7",
    conda: Sequence[CondaRecord] = (),
    provided: Sequence[ProvidedDistribution] = (),
) -> LockedEnvironment:
    """A lock of the packages on a python."""
    records = (*([record("python", python)] if python else []), *conda)
    return LockedEnvironment(
        name="default",
        platform="linux-64",
        conda=CondaSolution(platform="linux-64", records=records),
        resolution=Resolution(
            python=PythonTarget(version=python or "3.12.7", platform="linux-64"),
            packages=packages,
            provided=tuple(provided),
        ),
    )
