"""Extras that are asked of what conda supplies: PyPI has to supply what they require.

Which ones are asked is known only after resolving, since any package may ask. So it is resolved again with their
requirements, until no extra is left of which nothing is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.resolve.uv.pins import known_metadata, pin_version
from interlock.solve.held import held_metadata
from interlock_hooks.types import CondaRecord, InterlockError, Metadata, ProvidedDistribution

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from interlock.pipeline.pypi_request import Resolve
    from interlock_hooks.types import CondaSolution, PyPIRequest, Resolution

# A record that could supply a name in a version.
Supplier = Callable[["NormalizedName", str], "CondaRecord | None"]


class WithExtras:
    """A resolver that knows the extras of what conda supplies, from the files of its packages.

    ``conda`` is the solution that supplies it, and ``supplier`` tells which records could supply what is only offered.
    """

    def __init__(self, resolve: Resolve, conda: CondaSolution, supplier: Supplier | None = None) -> None:
        self._resolve = resolve
        self._conda = conda
        self._supplier = supplier
        self._learned: tuple[Metadata, ...] = ()

    def __call__(self, request: PyPIRequest) -> Resolution:
        """Resolve ``request``; raises what the resolver raises, and IL247 where nothing tells of an extra."""
        while True:
            informed = replace(request, metadata=(*request.metadata, *self._learned))
            resolution = self._resolve(informed)
            learned = tuple(self._learn(informed, resolution))
            if not learned:
                return resolution
            self._learned += learned

    def _learn(self, request: PyPIRequest, resolution: Resolution) -> Iterator[Metadata]:
        """The metadata of each distribution with an extra that somebody asks for and nobody has looked up."""
        for entry in resolution.provided:
            version = pin_version(entry.version)
            if entry.extras and known_metadata(request, entry.name, version) is None:
                record = self._conda.get(entry.record)
                if record is not None:
                    yield replace(held_metadata(record, entry), version=version)
                elif not entry.record and self._supplier is not None:
                    yield replace(self._of_offer(entry), version=version)

    def _of_offer(self, entry: ProvidedDistribution) -> Metadata:
        record = self._supplier(entry.name, entry.version) if self._supplier else None
        try:
            return held_metadata(record, entry) if record else Metadata(name=entry.name, origin="conda")
        except InterlockError:
            # If conda really supplies it, the question comes up again; until then it is taken to have no extras.
            return Metadata(name=entry.name, origin="conda")
