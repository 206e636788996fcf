"""What a killed install left in a prefix: files of packages that no record names any more, or none yet."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from interlock.core.inside import leads_out
from interlock.engines.ownership import conda_claims, installed_claim
from interlock.engines.pylock import exact_document
from interlock.engines.python.distributions import distributions_in, site_distributions
from interlock.engines.python.interpreter import python_of
from interlock.engines.rattler.contents import unpacked_paths
from interlock.engines.uv import place_again, wait_for_uv

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from interlock.install.state import State
    from interlock_hooks.types import LockedEnvironment

# What the engines call a file, or a directory, that they are about to rename to what it will be.
_TEMPORARY = re.compile(r"\.tmp[A-Za-z0-9]{6}")

# How much less exactly than clocks file systems keep times, in nanoseconds: FAT has seconds that are even.
_EXACTNESS = 2 * 10**9


def finish_uv(prefix: Path, site_packages: str, state: State, locked: LockedEnvironment, *, root: Path) -> None:
    """Let uv end what it was placing, so that its files have an owner; what ``locked`` wants is left to its install.

    Packages that are not wanted are removed by that install, with all their files. ``site_packages`` is where it has
    them, relative to the prefix, and ``root`` the directory of the project.
    """
    site, python = state.site_packages or site_packages, python_of(prefix)
    if not site or not python.exists():
        return
    wait_for_uv(python)
    wanted = exact_document(locked.resolution.packages, {})["packages"] if site == site_packages else []
    entries = [each for each in state.placing if each not in wanted]
    names = {entry.get("name") for entry in entries}
    for found in site_distributions(prefix / site).values():
        if found.name in names and not (found.info / "RECORD").is_file():
            found.forget()  # uv would take it for installed
    place_again(python, entries, root=root)


def remove_unowned(prefix: Path, state: State) -> None:
    """Remove files of packages that an interrupted install was about to link or to remove, unless they have an owner.

    So go the temporary files of engines that were killed with it: what is called like one and is older than the install
    is the user's. Files that no package of that install had are nobody's business.
    """
    wanted = {*state.leaving, *unpacked_paths(state.linking, state.site_packages)}
    temporary = [path for path in _temporary_files(prefix) if _is_newer(prefix / path, state.began - _EXACTNESS)]
    if not wanted and not temporary:
        return
    owned = _owned(prefix, state.site_packages)
    for path in sorted(wanted - owned, reverse=True):
        if _is_inside(path):
            _remove(prefix, prefix / path)
    for path in temporary:
        if not any(each == path or each.startswith(f"{path}/") for each in owned):
            _remove_tree(prefix / path)


def _temporary_files(prefix: Path) -> Iterator[str]:
    """Files and directories, relative to the prefix, that only exist while an engine works."""
    for folder, folders, names in os.walk(prefix):
        for name in (*folders, *names):
            if _TEMPORARY.fullmatch(name):
                yield Path(folder, name).relative_to(prefix).as_posix()
        folders[:] = [name for name in folders if not _TEMPORARY.fullmatch(name)]


def _is_newer(place: Path, moment: int) -> bool:
    """Whether a file, or a directory with all that is in it, was put there after a moment (ns since the epoch)."""
    places = (place, *place.rglob("*")) if place.is_dir() and not place.is_symlink() else (place,)
    try:
        # Unlike the time of its content, nobody can set it.
        return all(each.lstat().st_ctime_ns >= moment for each in places)
    except OSError:
        return False


def _remove_tree(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place, ignore_errors=True)
    else:
        with suppress(OSError):
            place.unlink()


def _owned(prefix: Path, site_packages: str | None) -> set[str]:
    claims = conda_claims(prefix)
    if site_packages is not None:
        # Those without RECORD own nothing that could be known.
        claims += [installed_claim(each, prefix, metadata=True) for each in distributions_in(prefix / site_packages)]
    return {path for claim in claims for path in claim.files}


def _is_inside(path: str) -> bool:
    return not leads_out(path) and PurePath(path).parts[0] != "conda-meta"


def _remove(prefix: Path, place: Path) -> None:
    with suppress(OSError):
        if place.parent.resolve() != prefix.resolve() / place.parent.relative_to(prefix):
            return  # through a link, to what may be elsewhere
        place.unlink(missing_ok=True)
        for made in _byte_code(place):
            made.unlink(missing_ok=True)
        for folder in (place.parent / "__pycache__", *place.parents):
            if folder == prefix:
                break
            with suppress(OSError):  # there is something else in it
                folder.rmdir()


def _byte_code(source: Path) -> Iterable[Path]:
    if source.suffix != ".py":
        return ()
    return (source.parent / "__pycache__").glob(f"{source.stem}.*.pyc")
