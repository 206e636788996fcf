"""Extras that are asked of what conda supplies: PyPI has to supply what they require.

Which ones are asked is known only after resolving, since any package may ask. So it is resolved again with their
requirements, until no extra is left of which nothing is known.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.resolve.uv.pins import is_from_conda, known_metadata, pin_version
from interlock.solve.held import held_metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from interlock.pipeline.pypi_request import Resolve
    from interlock_hooks.types import CondaSolution, Metadata, ProvidedDistribution, PyPIRequest, Resolution


class WithExtras:
    """A resolver that knows the extras of what a conda solution supplies, from the files of its packages."""

    def __init__(self, resolve: Resolve, conda: CondaSolution) -> None:
        self._resolve = resolve
        self._conda = conda
        self._known: dict[ProvidedDistribution, Metadata] = {}

    def __call__(self, request: PyPIRequest) -> Resolution:
        """Resolve ``request``; raises what the resolver raises, and IL247 where nothing tells of an extra."""
        while True:
            known = tuple(self._known[entry] for entry in request.provided if entry in self._known)
            informed = replace(request, metadata=(*request.metadata, *known))
            resolution = self._resolve(informed)
            learned = dict(self._learn(informed, resolution))
            if not learned:
                return resolution
            self._known |= learned

    def _learn(self, request: PyPIRequest, resolution: Resolution) -> Iterator[tuple[ProvidedDistribution, Metadata]]:
        """The metadata of those distributions whose extras were asked for in vain."""
        given = {entry.name: entry for entry in request.provided if is_from_conda(entry)}
        for asked in resolution.provided:
            version = pin_version(asked.version)
            record = self._conda.get(asked.record)
            if not asked.extras or record is None or known_metadata(request, asked.name, version) is not None:
                continue
            # What was chosen among offers is not decided yet.
            if asked.name in given:
                yield given[asked.name], replace(held_metadata(record, asked), version=version)
