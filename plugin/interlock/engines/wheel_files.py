"""Which files wheels bring, remembered by the hashes of the wheels, so that it is known before they are installed.

uv tells of a wheel that it downloads only by installing it. What is in it never changes, so that it is looked at once.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from interlock.core.files import hash_of, staging
from interlock.core.json import parse_json
from interlock.core.paths import cache_dir
from interlock.engines.ownership import installed_claim
from interlock.engines.python.distributions import record_digest, site_distributions

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.engines.python.distributions import SiteDistribution
    from interlock_hooks.types import PyPIPackage

_SITES = "lib*/python*/site-packages"
_COMMANDS = PurePosixPath("bin")
_BEGIN = 512  # where the interpreter of a script is named


@dataclass(frozen=True, slots=True)
class WheelFiles:
    """What a wheel puts below site-packages, and what elsewhere below the prefix: paths with digests as in ``RECORD``.

    Commands have what :func:`~interlock.engines.python.distributions.parse_commands` gives. Scripts that are written
    for the interpreter are left out.
    """

    site: Mapping[str, str | None]
    prefix: Mapping[str, str | None]


def unseen_wheels(packages: Iterable[PyPIPackage]) -> list[PyPIPackage]:
    """The packages whose wheels are known by their hash, and not yet by their files."""
    return [each for each in packages if each.artifact.sha256 and not _kept_at(each.artifact.sha256).is_file()]


def recall_wheel(package: PyPIPackage) -> WheelFiles | None:
    """The files of a package's wheel, ``None`` if nobody has seen them."""
    if not package.artifact.sha256:
        return None
    kept = _kept_at(package.artifact.sha256)
    with suppress(OSError):
        try:
            known = parse_json(kept.read_bytes())
            files = WheelFiles(dict(known["site"].items()), dict(known["prefix"].items()))
            _note_use(kept)
            return files
        except (ValueError, LookupError, TypeError, AttributeError):
            # It was damaged, perhaps with the power. The next install looks again.
            kept.unlink(missing_ok=True)
    return None


def remember_wheel(package: PyPIPackage, files: WheelFiles) -> None:
    """Keep the files of a package's wheel, which is known by its hash; without a writable cache it stays unseen."""
    kept = _kept_at(str(package.artifact.sha256))
    with suppress(OSError, UnicodeEncodeError), staging(kept, durable=False) as new:
        new.write_text(json.dumps(asdict(files)), encoding="utf-8")


def wheel_files_dir() -> Path:
    """The directory in the cache with what is remembered."""
    return cache_dir() / "wheel-files" / "v1"


def remembered_wheels() -> list[Path]:
    """The files in :func:`wheel_files_dir` with what is remembered, one for each wheel."""
    return sorted(wheel_files_dir().glob("*.json"))


def forget_wheels(*, unused_for: float) -> list[Path]:
    """Forget the wheels that nobody asked about for so many seconds; returns what was removed."""
    limit, removed = time.time() - unused_for, []
    for kept in remembered_wheels():
        with suppress(OSError):
            if kept.stat().st_mtime <= limit:
                kept.unlink()
                removed.append(kept)
    return removed


def see_wheels(packages: Iterable[PyPIPackage], prefix: Path) -> None:
    """Remember the files of wheels that uv has just installed into ``prefix``; one that is not there stays unseen."""
    found = {name: each for site in prefix.glob(_SITES) for name, each in site_distributions(site).items()}
    for package in packages:
        seen = found.get(package.name)
        if seen is not None and seen.whole and seen.has_version(package.version):
            remember_wheel(package, _files_of(seen, prefix))


def _files_of(found: SiteDistribution, prefix: Path) -> WheelFiles:
    commands = {f"{_COMMANDS}/{name}": target for name, target in found.commands.items()}
    below = f"{found.info.parent.relative_to(prefix).as_posix()}/"
    site, elsewhere = dict[str, str | None](), dict[str, str | None]()
    for path, digest in installed_claim(found, prefix).files.items():
        if path.startswith(below):
            site[path.removeprefix(below)] = digest
        elif path in commands:
            elsewhere[path] = commands[path]
        elif PurePosixPath(path).parent != _COMMANDS or _is_as_packed(prefix / path, digest):
            elsewhere[path] = digest
    return WheelFiles(site, elsewhere)


def _is_as_packed(command: Path, digest: str | None) -> bool:
    """Whether a script has the content that it has in the wheel; that of another wheel may lie over it."""
    with suppress(OSError):
        if record_digest(hash_of(command, "sha256")) == digest:
            with command.open("rb") as file:
                begin = file.read(_BEGIN)
            return not (begin.startswith(b"#!") and b"python" in begin)
    return False


def _note_use(kept: Path) -> None:
    with suppress(OSError):  # the cache may be one that can only be read
        os.utime(kept)


def _kept_at(sha256: str) -> Path:
    return wheel_files_dir() / f"{sha256}.json"
