"""Which indexes are asked for a package, and which of them has it: uv does not say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.requirements import Requirement as Pep508

from interlock.core.once import once
from interlock.core.urls import is_remote, without_password
from interlock_hooks.types import Index

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.utils import NormalizedName

    from interlock_hooks.types import PyPIRequest

# uv's own default, which needs no address.
PYPI = Index(url="", name="PyPI", default=True)


@dataclass(frozen=True, slots=True)
class Asked:
    """The indexes that are asked for a package, in this order; ``named`` if a requirement names the index."""

    indexes: tuple[Index, ...]
    named: bool = False

    def __str__(self) -> str:
        return ", ".join(map(label, self.indexes))


def asked_indexes(name: NormalizedName, request: PyPIRequest) -> Asked:
    """The indexes that may serve a package."""
    indexes = request.options.indexes
    pinned = {each.index for each in request.requirements if each.name == name and Pep508(each.text).url is None}
    own = [index for index in indexes if index.url in pinned or (index.name is not None and index.name in pinned)]
    if own:
        return Asked(tuple(own), named=True)
    general = [index for index in indexes if not index.explicit]
    return Asked((*general, *([] if any(index.default for index in general) else [PYPI])))


def serving_index(name: NormalizedName, indexes: Sequence[Index]) -> Index:
    """The first of the indexes that has a page for a package; the last one, if none answers."""
    if len(indexes) == 1:
        return indexes[0]
    return next((index for index in indexes if is_remote(index.url) and _has_page(index.url, name)), indexes[-1])


def label(index: Index) -> str:
    """An index for messages: its address, after the name that the manifest gives it."""
    url = without_password(index.url)
    return f"{index.name} ({url})" if index.name and url else index.name or url


@once
def _has_page(url: str, name: NormalizedName) -> bool:
    from interlock.engines.http import exists

    return exists(f"{url.rstrip('/')}/{name}/")
