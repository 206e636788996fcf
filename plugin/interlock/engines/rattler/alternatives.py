"""Alternatives among constraints, for a solver that only knows constraints that all hold.

Each group becomes a package that every solution must have, with one version for each of its constraints, in a channel
that exists only for the solve. Whichever version is chosen, its constraint holds. The solver tries the highest version
first, so the first constraint gets it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from interlock.core.scratch import temporary_directory
from interlock_hooks.types import CondaSpec

_NAME = "interlock-alternative-"
# Old enough for every `exclude-newer`.
_TIMESTAMP = 1


@contextmanager
def alternatives_channel(groups: Sequence[Sequence[CondaSpec]]) -> Iterator[tuple[str, list[CondaSpec]]]:
    """The address of a channel with a package for each group, and the specs that ask for all of them."""
    with temporary_directory() as folder:
        records = [record for number, group in enumerate(groups) for record in _records(number, group)]
        index = {"info": {"subdir": "noarch"}, "packages": {}, "packages.conda": dict(records)}
        place = folder / "noarch"
        place.mkdir()
        (place / "repodata.json").write_text(json.dumps(index), encoding="utf-8")
        specs = [CondaSpec(spec=f"{_NAME}{number}", origin="alternatives") for number in range(len(groups))]
        yield folder.as_uri(), specs


def is_alternative(name: str) -> bool:
    """Whether a package is one that only stands for a choice."""
    return name.startswith(_NAME)


def spelled_out(text: str, groups: Sequence[Sequence[CondaSpec]]) -> str:
    """A text of the solver's with the packages of choices replaced by what they stand for."""

    def constraint(match: re.Match[str]) -> str:
        group = groups[int(match["number"])]
        if match["version"]:
            return f"the constraint {group[len(group) - int(match['version'])].spec}"
        return f"one of {' or '.join(spec.spec for spec in group)}"

    return re.sub(rf"{_NAME}(?P<number>\d+)(?: \*)?(?: (?P<version>\d+)\b)?", constraint, text)


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
