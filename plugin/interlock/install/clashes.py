"""Files that two packages both contain: the same path with different content.

Shared directories and namespaces do not clash, nor does identical content. What packages will own is compared before
they are installed, as far as it is known, and what they do own afterwards: then the caller has to take out again what
covered files of others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from interlock.engines.ownership import Claim, agree
from interlock.install.findings import files_clash

if TYPE_CHECKING:
    from interlock_hooks.types import Finding

# Files that projects put at the top of their wheels by mistake. Nothing breaks when one of them wins.
_STRAY_FOLDERS = frozenset({"test", "tests", "doc", "docs", "example", "examples", "benchmarks"})
_STRAY_SHARED = frozenset({("share", "doc"), ("share", "man"), ("share", "licenses")})
# What conda, pixi and Interlock know of the prefix. No package has files there.
RECORDS = "conda-meta/"
_RECORDED = Claim(canonicalize_name("conda-meta"), "the records of the environment", {}, conda="conda-meta")
_CODE = frozenset({".py", ".pyi", ".so", ".pyd", ".dylib"})


@dataclass(frozen=True, slots=True)
class Clash:
    """One path, relative to the prefix, that ``taken`` owned and ``newcomer`` wants with other content.

    ``harmless`` files are stray ones whose content hardly matters.
    """

    path: str
    taken: Claim
    newcomer: Claim
    harmless: bool


def find_clashes(
    newcomers: Sequence[Claim], others: Iterable[Claim], *, site_packages: str, same_file: Callable[[str], str] = str
) -> list[Clash]:
    """Clashes of newcomers with ``others``, among themselves, and with what is recorded of the environment.

    ``same_file`` gives the same text for all paths that are one file where the environment lies.
    """
    wanted = {same_file(path) for newcomer in newcomers for path in newcomer.files}
    owners: defaultdict[str, list[tuple[Claim, str]]] = defaultdict(list)
    for other in others:
        for path in other.files:
            if (key := same_file(path)) in wanted:
                owners[key].append((other, path))
    clashes = []
    for newcomer in newcomers:
        for path, digest in newcomer.files.items():
            if same_file(path).startswith(RECORDS):
                clashes.append(Clash(path, _RECORDED, newcomer, harmless=False))
            there = owners[same_file(path)]
            for taken, theirs in there:
                if taken is not newcomer and not agree(path, digest, taken.files[theirs]):
                    harmless = taken.conda is None and is_stray(path, site_packages)
                    clashes.append(Clash(path, taken, newcomer, harmless))
            there.append((newcomer, path))
    return clashes


def clash_findings(clashes: Iterable[Clash]) -> list[Finding]:
    """One finding for each pair of packages that clash: IL612, or IL613 where that does no harm."""
    pairs: dict[tuple[str, str, bool], list[Clash]] = {}
    for clash in clashes:
        pairs.setdefault((clash.taken.label, clash.newcomer.label, clash.harmless), []).append(clash)
    return [
        files_clash(
            taken,
            newcomer,
            [clash.path for clash in found],
            from_conda=found[0].taken.conda is not None,
            harmless=harmless,
        )
        for (taken, newcomer, harmless), found in pairs.items()
    ]


def is_stray(path: str, site_packages: str) -> bool:
    """Whether a file is one that was packed by mistake, so that its content hardly matters."""
    inside = PurePosixPath(path.removeprefix(f"{site_packages}/"))
    if inside.parts[0] in _STRAY_FOLDERS or inside.parts[:2] in _STRAY_SHARED:
        return True
    return len(inside.parts) == 1 and inside.suffix not in _CODE
