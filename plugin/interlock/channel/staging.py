"""The files of one conda package: taken out of a wheel by glob, put where conda-forge has them."""

from __future__ import annotations

import re
import shutil
import zipfile
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from interlock.channel import findings
from interlock.channel.recipes import recipe_directory
from interlock.core.archives import open_zip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interlock.channel.toolkit import PackageSpec

TARGET_LIB = "targets/x86_64-linux/lib"
# Every CUDA 13 wheel has its files below this directory.
WHEEL_ROOT = "nvidia/cu13/"


@cache
def pattern(glob: str) -> tuple[str, re.Pattern[str]]:
    """The directory that a glob starts at, and its regular expression; `*` stays in a directory, `**` does not."""
    directories = PurePosixPath(glob).parts[:-1]
    plain = next((i for i, part in enumerate(directories) if "*" in part), len(directories))
    base = "/".join(directories[:plain])
    expression = re.escape(glob).replace(r"\*\*", ".+").replace(r"\*", "[^/]+")
    return base, re.compile(expression)


def select(names: Sequence[str], globs: Sequence[str]) -> dict[str, str]:
    """The `names` that match any of `globs`, with their path below the directory that the glob starts at."""
    chosen = {}
    for glob in globs:
        base, expression = pattern(glob)
        for name in names:
            if expression.fullmatch(name):
                chosen[name] = name[len(base) :].lstrip("/")
    return chosen


class Wheel:
    """An NVIDIA wheel as a source of files."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with open_zip(path) as archive:
                self.infos = {info.filename: info for info in archive.infolist() if not info.is_dir()}
        except (OSError, zipfile.BadZipFile) as error:
            raise self.damaged() from error
        self.names = [name.removeprefix(WHEEL_ROOT) for name in self.infos if name.startswith(WHEEL_ROOT)]

    def damaged(self) -> Exception:
        """Remove the wheel from the cache and say so."""
        self.path.unlink(missing_ok=True)
        return findings.wheel_damaged(self.path)

    def select(self, package: str, globs: Sequence[str]) -> dict[str, str]:
        """The files that match; InterlockError (IL708) when there are none."""
        chosen = select(self.names, globs)
        if not chosen:
            raise findings.file_missing(package, self.path.name, globs)
        return chosen

    def read(self, name: str) -> str:
        """A text file of the toolkit; InterlockError when the wheel is damaged."""
        try:
            with open_zip(self.path) as archive:
                return archive.read(WHEEL_ROOT + name).decode(errors="replace")
        except zipfile.BadZipFile as error:
            raise self.damaged() from error

    def extract(self, placements: dict[str, Path]) -> None:
        """Write files of the toolkit (by name) to the given paths."""
        self._write({WHEEL_ROOT + name: path for name, path in placements.items()})

    def licenses(self, directory: Path) -> list[Path]:
        """The wheel's license texts, written to `directory`."""
        texts = [name for name in self.infos if re.search(r"\.dist-info/(licenses/)?LICENSE[^/]*$", name, re.I)]
        placements = {name: directory / PurePosixPath(name).name for name in texts}
        self._write(placements)
        return list(placements.values())

    def _write(self, placements: dict[str, Path]) -> None:
        try:
            with open_zip(self.path) as archive:
                for name, path in placements.items():
                    path.parent.mkdir(parents=True, exist_ok=True)
                    with archive.open(name) as source, path.open("wb") as target:
                        shutil.copyfileobj(source, target, 1 << 20)
                    # Wheels carry 0744; conda packages are shared between users.
                    path.chmod(0o755 if self.infos[name].external_attr >> 16 & 0o100 else 0o644)
        except zipfile.BadZipFile as error:
            raise self.damaged() from error


def stage(spec: PackageSpec, wheel: Wheel | None, tree: Path) -> None:
    """Write the files and links of `spec` below `tree`, taking those of its wheel from `wheel`."""
    if wheel is not None:
        for rule in spec.files:
            chosen = wheel.select(spec.name, rule.sources)
            wheel.extract({name: tree / rule.target / below for name, below in chosen.items()})
        for library in wheel.select(spec.name, spec.libraries) if spec.libraries else ():
            file = PurePosixPath(library).name
            wheel.extract({library: tree / TARGET_LIB / file})
            link(tree / "lib" / file, f"../{TARGET_LIB}/{file}")
        for library in wheel.select(spec.name, spec.development) if spec.development else ():
            file = PurePosixPath(library).name
            unversioned = file.partition(".so")[0] + ".so"
            link(tree / TARGET_LIB / unversioned, file)
            link(tree / "lib" / unversioned, f"../{TARGET_LIB}/{unversioned}")
    for rule in spec.data:
        path = tree / rule.target
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(recipe_directory("cuda") / rule.sources[0], path)
    for path_name, target in spec.links.items():
        link(tree / path_name, target)


def link(path: Path, target: str) -> None:
    """Make the symbolic link `path`, in a directory that need not exist."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)
