"""conda's channels: the default one, and whether two spellings mean the same channel."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from interlock.core.urls import split_url

if TYPE_CHECKING:
    from interlock_hooks.types import EnvironmentRequest

_CONDA_FORGE = "conda-forge"
DEFAULT_CHANNEL = _CONDA_FORGE
# The host of channels that are given by name: conda's default channel alias.
_ALIAS = "https://conda.anaconda.org"


def channels_of(request: EnvironmentRequest) -> tuple[str, ...]:
    """The channels of a request, the first ones first; the default one where it names none."""
    return request.channels or (DEFAULT_CHANNEL,)


# Asked for every record of a solution, which come from a handful of channels.
@lru_cache(maxsize=256)
def channel_address(channel: str) -> str:
    """The address of a channel that is given by name or URL, without credentials and without a slash at the end."""
    parts = split_url(channel if "://" in channel else f"{_ALIAS}/{channel}")
    path = parts.path.rstrip("/")
    if path.startswith("/t/"):
        path = "/" + "/".join(path.split("/")[3:])
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{path}"


@cache
def is_mirror(channel: str, name: str) -> bool:
    """Whether a channel's address ends in the channel ``name``: a mirror on another host, or the channel itself."""
    return "://" not in name and channel_address(channel).endswith(f"/{name.strip('/')}")


@lru_cache(maxsize=256)
def is_conda_forge(channel: str) -> bool:
    """Whether a channel is conda-forge, one of its labels, or a mirror whose address has that name."""
    return _CONDA_FORGE in channel_address(channel).split("/")
