"""A local conda channel of small but real packages."""

from __future__ import annotations

import asyncio
import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Literal

from interlock_hooks.testing.files import Content, as_bytes, place, write_tree
from interlock_hooks.testing.wheels import core_metadata, escaped

PLATFORM = "linux-64"
_EPOCH = datetime(2020, 1, 1, tzinfo=timezone.utc)


class Channel:
    """A directory that is a conda channel; packages are added one by one and indexed when the address is asked for.

    ``store`` keeps assembled packages by content, to be shared by all channels of a test run. A build string holds a
    digest of the content, so that packages of the same name and version but other content never share a cache entry.
    """

    def __init__(self, folder: Path, store: Path | None = None) -> None:
        self.folder = folder
        self._store = store or folder / ".store"
        self._indexed = False
        # By file name, what the channel's repodata says beyond what a package's own metadata has a place for.
        self._said: dict[str, dict[str, object]] = {}
        for subdir in (PLATFORM, "noarch"):
            (folder / subdir).mkdir(parents=True, exist_ok=True)

    @property
    def url(self) -> str:
        """The address for a manifest's ``channels``; the packages added so far are visible there."""
        self.index()
        return self.folder.as_uri()

    def add(
        self,
        name: str,
        version: str,
        *,
        depends: Sequence[str] = (),
        constrains: Sequence[str] = (),
        files: Mapping[str, Content] | None = None,
        noarch: Literal["python", "generic"] | None = None,
        build: str | None = None,
        purls: Sequence[str] | None = None,
        published: datetime | None = None,
        platform: str = PLATFORM,
    ) -> Path:
        """Add a package and return its file; ``platform`` is the subdir of one that is not ``noarch``.

        ``files`` maps paths in the prefix to contents; programs are executable. ``build`` replaces the build string
        (give one only when the test is about it). ``purls`` are the PyPI names that the channel's repodata declares,
        ``published`` is when it says that it got the package, by default now.
        """
        content = {path: as_bytes(text) for path, text in (files or {}).items()}
        elsewhere = () if platform == PLATFORM else (platform,)
        digest = _digest(name, version, depends, constrains, noarch, content, *elsewhere)
        build = build or f"h{digest[:7]}_0"
        subdir = "noarch" if noarch else platform
        stored = self._store / digest / f"{name}-{version}-{build}.conda"
        if not stored.is_file():
            _assemble(stored, build, name, version, subdir, depends, constrains, noarch, content)
        package = self._take(stored, subdir, purls)
        if published is not None:
            self._say(package.name, indexed_timestamp=int(published.timestamp() * 1000))
        return package

    def add_distribution(
        self,
        name: str,
        version: str,
        *,
        python: str,
        requires: Sequence[str] = (),
        extras: Mapping[str, Sequence[str]] | None = None,
        depends: Sequence[str] = (),
        modules: Mapping[str, str] | None = None,
        conda_name: str | None = None,
        declared: bool = True,
    ) -> Path:
        """Add a conda package that supplies a Python distribution for interpreter ``python`` (``3.12``).

        ``declared`` says whether the channel's repodata tells which one, as conda-forge's does.
        """
        module = escaped(name)
        site_packages = f"lib/python{python}/site-packages"
        info = f"{site_packages}/{module}-{version}.dist-info"
        code = modules or {f"{module}/__init__.py": f'__version__ = "{version}"\norigin = "conda"\n'}
        files: dict[str, Content] = {f"{site_packages}/{path}": text for path, text in code.items()}
        files[f"{info}/METADATA"] = core_metadata(name, version, requires=requires, extras=extras)
        files[f"{info}/INSTALLER"] = "conda\n"
        files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*code, f"{module}-{version}.dist-info/METADATA"])
        pin = f"python {python}.*"
        purls = [name] if declared else None
        return self.add(conda_name or name, version, depends=[pin, *depends], files=files, purls=purls)

    def offer(self, package: Path) -> Path:
        """Offer a package file that exists already, in a folder named after its platform."""
        return self._take(package, package.parent.name, None)

    def offer_channel(self, other: Path) -> None:
        """Offer all packages of another channel, with what its index says: large ones are not read again."""
        for subdir in (PLATFORM, "noarch"):
            for package in (other / subdir).glob("*.conda"):
                self._take(package, subdir, None)
            index = self.folder / subdir / "repodata.json"
            known = json.loads(index.read_text(encoding="utf-8")) if index.exists() else {"packages.conda": {}}
            offered = json.loads((other / subdir / "repodata.json").read_text(encoding="utf-8"))
            packages = offered["packages.conda"] | known["packages.conda"]
            index.write_text(json.dumps(offered | {"packages.conda": packages}), encoding="utf-8")

    def index(self) -> None:
        """Write repodata for the packages added so far."""
        if self._indexed:
            return
        from rattler.index import index_fs

        asyncio.run(index_fs(self.folder, write_zst=False, write_shards=False))
        if self._said:
            for repodata in self.folder.glob("*/repodata.json"):
                self._declare(repodata)
        self._indexed = True

    def _take(self, package: Path, subdir: str, purls: Sequence[str] | None) -> Path:
        target = self.folder / subdir / package.name
        target.parent.mkdir(exist_ok=True)
        place(package, target)
        if purls is not None:
            self._say(package.name, purls=[f"pkg:pypi/{name}" for name in purls])
        self._indexed = False
        return target

    def _say(self, file_name: str, **facts: object) -> None:
        self._said.setdefault(file_name, {}).update(facts)

    def _declare(self, path: Path) -> None:
        """Add to the repodata what the server of a channel knows, such as the purls that conda-forge's has."""
        repodata = json.loads(path.read_text(encoding="utf-8"))
        for file_name, record in repodata["packages.conda"].items():
            record.update(self._said.get(file_name, {}))
        path.write_text(json.dumps(repodata), encoding="utf-8")


def _digest(*facts: object) -> str:
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def _assemble(
    target: Path,
    build: str,
    name: str,
    version: str,
    subdir: str,
    depends: Sequence[str],
    constrains: Sequence[str],
    noarch: Literal["python", "generic"] | None,
    files: Mapping[str, bytes],
) -> None:
    from rattler_build import assemble_package

    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as work:
        staged = write_tree(Path(work, "files"), files)
        staged.mkdir(exist_ok=True)
        made = assemble_package(
            name,
            version,
            subdir,
            build,
            Path(work, "out"),
            files_dir=staged,
            depends=depends,
            constrains=constrains,
            noarch=noarch,
            license="BSD-3-Clause",
            compression_level=1,
            timestamp=_EPOCH,
            detect_prefix=False,
        )
        # Another process of the same run may have been faster; its file is the same.
        made.path.replace(target)
