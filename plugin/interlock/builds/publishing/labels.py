"""What a wheel that is published says in its version of what it was built against, for people and for ``prebuilt``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from interlock.builds.prebuilt.target import Target


def label_of(imports: Collection[str], target: Target) -> str:
    """The local version (PEP 440) of a wheel whose build imported these distributions; empty if it fits any torch.

    ``cu128.torch2.9``: the CUDA of the torch that it was built against, and the minor version whose ABI that torch has.
    """
    if "torch" not in imports or target.torch is None:
        return ""
    major, minor = (*target.torch.release, 0)[:2]
    return ".".join(filter(None, (target.backend, f"torch{major}.{minor}")))
