"""NVIDIA's wheels: downloaded by pip from its configured index, which checks their hashes, and kept in the cache."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

from interlock.channel import findings
from interlock.channel.release import FIRST_MAJOR, METAPACKAGE
from interlock.core.findings import not_cached
from interlock.core.offline import is_offline
from interlock_hooks.types import InterlockError, Missing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

# pip says which file it fetches and how large it is, but only in its log.
DOWNLOADING = re.compile(r"^\s*Downloading \S*?(?P<file>[^/\s]+\.whl)\S*(?: \((?P<size>[^)]+)\))?")
VERSIONS = re.compile(r"\(from versions: (?P<versions>[^)]*)\)")


@dataclass(frozen=True, slots=True)
class WheelCache:
    """Wheels in `directory`; `progress` is told what is being downloaded."""

    directory: Path
    progress: Callable[[str], None]

    def get(self, wanted: Mapping[str, str]) -> dict[str, Path]:
        """The wheel of every distribution name in `wanted`, whose values are versions ("13.0.88" or "13.0.*").

        Raises InterlockError: IL701 without pip, IL703 for a CUDA version that does not exist, IL704 otherwise.
        """
        found = {name: self.find(name, version) for name, version in wanted.items()}
        missing = {name: wanted[name] for name, wheel in found.items() if wheel is None}
        if missing:
            self.download([f"{name}=={version}" for name, version in missing.items()])
        wheels = {name: found[name] or self.find(name, version) for name, version in wanted.items()}
        absent = [f"{name}=={wanted[name]}" for name, wheel in wheels.items() if wheel is None]
        if absent:
            raise findings.download_failed(absent, "pip reported success but left no wheel of that version")
        return {name: wheel for name, wheel in wheels.items() if wheel is not None}

    def find(self, name: str, version: str) -> Path | None:
        """The newest wheel of that distribution and version in the cache."""
        candidates: list[tuple[Version, Path]] = []
        for path in self.directory.glob(f"{name.replace('-', '_')}-*.whl"):
            distribution, found, _, _ = parse_wheel_filename(path.name)
            if distribution == canonicalize_name(name) and SpecifierSet(f"=={version}").contains(found):
                candidates.append((found, path))
        return max(candidates)[1] if candidates else None

    def download(self, requirements: Sequence[str]) -> None:
        """Let pip fetch wheels; each gets into the cache complete, and those before a failure stay."""
        if is_offline():
            raise InterlockError(not_cached([Missing(kind="wheel", name=text) for text in requirements]))
        if importlib.util.find_spec("pip") is None:
            raise findings.tools_missing(["pip"])
        self.directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.directory, prefix=".download-") as scratch:
            status, output = self.run_pip(requirements, Path(scratch))
            for wheel in Path(scratch).glob("*.whl"):
                wheel.replace(self.directory / wheel.name)
        if status != 0:
            raise explain(requirements, output)

    def run_pip(self, requirements: Sequence[str], target: Path) -> tuple[int, str]:
        """Run pip; its exit status and output."""
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-input"]
        # Its own cache would keep a second copy of a gigabyte.
        command += ["--no-cache-dir", "--disable-pip-version-check", "--progress-bar=off", f"--dest={target}"]
        lines = []
        with subprocess.Popen(
            [*command, *requirements], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        ) as process:
            for line in process.stdout or ():
                lines.append(line)
                if match := DOWNLOADING.match(line):
                    name, version, _, _ = parse_wheel_filename(match["file"])
                    self.progress(f"{name} {version}" + (f" ({match['size']})" if match["size"] else ""))
        return process.returncode, "".join(lines)


def explain(requirements: Sequence[str], output: str) -> Exception:
    """The error that pip's output means."""
    toolkit = [item for item in requirements if item.startswith(f"{METAPACKAGE}==")]
    match = VERSIONS.search(output)
    if toolkit and match and match["versions"] != "none":
        minor = toolkit[0].partition("==")[2].removesuffix(".*")
        return findings.cuda_unavailable(minor, minors(match["versions"]))
    return findings.download_failed(requirements, output)


def minors(versions: str) -> list[str]:
    """The usable CUDA minor versions among pip's comma-separated list, oldest first."""
    parsed = {Version(text.strip()).release[:2] for text in versions.split(",") if text.strip()}
    return [f"{major}.{minor}" for major, minor in sorted(parsed) if major >= FIRST_MAJOR]
