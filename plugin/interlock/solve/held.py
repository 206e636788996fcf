"""The Python distributions inside conda packages and their metadata; remembered, since a package never changes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from interlock.core.files import write_atomic
from interlock.core.json import parse_json
from interlock.core.paths import cache_dir
from interlock.core.pep508 import check_requirement, mended_requirement
from interlock.core.scratch import temporary_directory
from interlock.core.shapes import fits
from interlock.core.site_metadata import Held, distributions_in_files, metadata_files
from interlock.solve.findings import extras_unknown
from interlock_hooks.types import InterlockError, Metadata

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from interlock_hooks.types import CondaRecord, ProvidedDistribution

_EXTRA = re.compile(r"""extra\s*==\s*["']([^"']+)["']""")


def held_distributions(records: Sequence[CondaRecord]) -> dict[str, Held]:
    """The distributions in each package, by the name of its record. Raises :class:`InterlockError` (IL244)."""
    known = {record.name: _recall(record) for record in records}
    unknown = [record for record in records if known[record.name] is None]
    if unknown:
        from interlock.engines.rattler.package_paths import package_paths

        for record, paths in zip(unknown, package_paths(unknown), strict=True):
            known[record.name] = held = distributions_in_files(paths)
            _remember(record, held)
    return {name: held for name, held in known.items() if held is not None}


def held_metadata(record: CondaRecord, entry: ProvidedDistribution) -> Metadata:
    """The metadata of a distribution that a package supplies.

    Raises :class:`InterlockError` (IL247) when the package cannot be read, or holds no metadata of it.
    """
    from interlock.engines.rattler.package_texts import PackageUnreadableError, package_texts

    texts = _recall(record, entry.name)
    if texts is None:
        try:
            texts = package_texts(record, partial(metadata_files, entry.name))
        except PackageUnreadableError as error:
            raise InterlockError(extras_unknown(record, entry, str(error))) from error
        _remember(record, texts, entry.name)
    if not texts:
        raise InterlockError(extras_unknown(record, entry, "the package has no metadata for it"))
    return _metadata(entry.name, texts)


def _metadata(name: NormalizedName, texts: Mapping[str, str]) -> Metadata:
    """Metadata of any age: METADATA, or PKG-INFO with its ``requires.txt``, which importlib reads as one."""
    # Imported here, with all of email: extras of conda packages alone need it.
    from importlib.metadata import Distribution

    with temporary_directory() as folder:
        for path, text in texts.items():
            file = PurePosixPath(path).name
            Path(folder, "PKG-INFO" if file.endswith(".egg-info") else file).write_text(text, encoding="utf-8")
        found = Distribution.at(folder)
        requires = tuple(text for text in map(mended_requirement, found.requires or ()) if _is_valid(text))
        declared = found.metadata.get_all("Provides-Extra") or []
    extras = (*declared, *(extra for text in requires for extra in _EXTRA.findall(text)))
    normal = dict.fromkeys(canonicalize_name(extra) for extra in extras)
    return Metadata(name=name, requires_dist=requires, provides_extra=tuple(normal), origin="conda")


def _is_valid(text: str) -> bool:
    try:
        check_requirement(text)
    except ValueError:
        return False
    return True


def _recall(record: CondaRecord, distribution: str = "") -> dict[Any, str] | None:
    path = _place(record, distribution)
    try:
        found = parse_json(path.read_bytes()) if path else None
    except (OSError, ValueError):
        return None
    return found if fits(found, dict[str, str]) else None


def _remember(record: CondaRecord, held: Mapping[Any, str], distribution: str = "") -> None:
    path = _place(record, distribution)
    if path is not None:
        write_atomic(path, json.dumps(held))


def _place(record: CondaRecord, distribution: str) -> Path | None:
    """Where it is remembered what a package holds, or what the metadata of one of its distributions is."""
    if not record.sha256:
        return None
    name = f"{record.sha256}-{distribution}.json" if distribution else f"{record.sha256}.json"
    return cache_dir() / "held" / name
