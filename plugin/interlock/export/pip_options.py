"""Where pip finds packages, as lines of a requirements file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from interlock.export.model import Subject


def pip_options(subject: Subject) -> Iterator[str]:
    """The options for the indexes and find-links locations that packages of the environment come from.

    pip has no index that serves only some packages: what comes from such an index is named by its URL.
    """
    yield from ["--no-index"] if subject.no_index else _indexes(subject)
    for place in subject.find_links:
        yield f"--find-links {place}"


def _indexes(subject: Subject) -> Iterator[str]:
    default = next((index for index in subject.indexes if index.default), None)
    if default is not None:
        yield f"{'--find-links' if default.format == 'flat' else '--index-url'} {default.url}"
    for index in subject.indexes:
        if index is not default and not index.explicit:
            yield f"{'--find-links' if index.format == 'flat' else '--extra-index-url'} {index.url}"
