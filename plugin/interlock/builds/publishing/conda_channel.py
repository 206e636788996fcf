"""A conda channel of static files: packages are added to it, and none is replaced.

The index is merged, so that a channel in an object store need not be read as a whole.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from interlock.core.json import parse_json
from interlock.engines.rattler.index import index_channel

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from interlock.builds.store.storage import Storage

_INDEX = "repodata.json"
# Other forms of the index, which clients prefer, and which would not have what is added.
_DERIVED = frozenset(
    {
        "current_repodata.json",
        "repodata.json.bz2",
        "repodata.json.zst",
        "repodata_from_packages.json",
        "repodata_shards.msgpack.zst",
    }
)


def listed(storage: Storage, subdir: str) -> dict[str, Any]:
    """The records of a subdir's index, by file name. Raises :class:`ValueError` for one that cannot be read."""
    return _packages(_repodata(storage, subdir))


def add_packages(storage: Storage, subdir: str, archives: Iterable[Path], folder: Path) -> None:
    """Add archives to a subdir of the channel in a storage, and index them; ``folder`` is for scratch files.

    A file that is there already is the one that counts. Two that add to one subdir at the same time can lose the record
    of one, which adding it again brings back. Raises what the storage raises, and :class:`ValueError` as
    :func:`listed` does.
    """
    own = folder / "channel"
    (own / subdir).mkdir(parents=True)
    (own / "noarch").mkdir(exist_ok=True)
    there = storage.names(subdir)
    for archive in archives:
        here = own / subdir / archive.name
        if archive.name in there:
            storage.fetch(f"{subdir}/{archive.name}", here)
        else:
            archive.rename(here)
            storage.send(here, f"{subdir}/{archive.name}")
    index_channel(own, force=True)
    for each in dict.fromkeys((subdir, "noarch")):
        made = parse_json((own / each / _INDEX).read_bytes())
        repodata = _repodata(storage, each)
        if each == subdir or not repodata:
            merged = {**made, **repodata, "packages.conda": {**_packages(repodata), **_packages(made)}}
            storage.write(f"{each}/{_INDEX}", f"{json.dumps(merged, indent=1)}\n".encode())
    for name in _DERIVED.intersection(there):
        storage.remove(f"{subdir}/{name}")


def _repodata(storage: Storage, subdir: str) -> dict[str, Any]:
    names = storage.names(subdir)
    if _INDEX not in names:
        for other in _DERIVED.intersection(names):
            # What it lists would be lost.
            raise ValueError(f"{subdir} has {other}, but no {_INDEX}, the form that can be added to")
        return {}
    found = parse_json(storage.read(f"{subdir}/{_INDEX}"))
    if not isinstance(found, dict) or not isinstance(found.get("packages.conda", {}), dict):
        raise ValueError(f"{subdir}/{_INDEX} is not the index of a conda channel")
    return found


def _packages(repodata: dict[str, Any]) -> dict[str, Any]:
    return {name: record for name, record in repodata.get("packages.conda", {}).items() if isinstance(record, dict)}
