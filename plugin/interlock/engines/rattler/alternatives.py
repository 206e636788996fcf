"""Alternatives among constraints, for a solver that only knows constraints that all hold.

Each group becomes a package that every solution must have, with one version for each of its constraints, in a channel
that exists only for the solve. Whichever version is chosen, its constraint holds. The solver tries the highest version
first, so the first constraint gets it.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from interlock_hooks.types import CondaSpec

_NAME = "interlock-alternative-"
# Old enough for every `exclude-newer`.
_TIMESTAMP = 1


@contextmanager
def alternatives_channel(groups: Sequence[Sequence[CondaSpec]]) -> Iterator[tuple[str, list[CondaSpec]]]:
    """The address of a channel with a package for each group, and the specs that ask for all of them."""
    with tempfile.TemporaryDirectory(prefix="interlock-alternatives-") as folder:
        records = [record for number, group in enumerate(groups) for record in _records(number, group)]
        for subdir, packages in (("noarch", records), ("linux-64", [])):
            place = Path(folder, subdir)
            place.mkdir()
            index = {"info": {"subdir": subdir}, "packages": {}, "packages.conda": dict(packages)}
            (place / "repodata.json").write_text(json.dumps(index), encoding="utf-8")
        specs = [CondaSpec(spec=f"{_NAME}{number}", origin="alternatives") for number in range(len(groups))]
        yield Path(folder).as_uri(), specs


def is_alternative(name: str) -> bool:
    """Whether a package is one that only stands for a choice."""
    return name.startswith(_NAME)


def _records(number: int, group: Sequence[CondaSpec]) -> Iterator[tuple[str, dict[str, Any]]]:
    for rank, spec in enumerate(reversed(group), start=1):
        name, version = f"{_NAME}{number}", str(rank)
        yield (
            f"{name}-{version}-0.conda",
            {
                "name": name,
                "version": version,
                "build": "0",
                "build_number": 0,
                "depends": [],
                "constrains": [spec.spec],
                "subdir": "noarch",
                "sha256": "0" * 64,
                "timestamp": _TIMESTAMP,
            },
        )
