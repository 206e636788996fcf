from __future__ import annotations

import pytest

from interlock.core.channels import channel_address, is_conda_forge, is_mirror


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("bioconda", "https://conda.anaconda.org/bioconda/"),
        ("conda-forge/label/dev", "https://conda.anaconda.org/conda-forge/label/dev"),
        ("https://host/t/secret/own", "https://me:word@host/own/"),
        ("file:///mnt/own/", "file:///mnt/own"),
    ],
)
def test_ways_to_write_one_channel(one: str, other: str) -> None:
    assert channel_address(one) == channel_address(other)


def test_mirrors() -> None:
    assert is_mirror("https://mirror.example/channels/own/", "own")
    assert not is_mirror("https://mirror.example/channels/not-own", "own")
    assert not is_mirror("https://mirror.example/own", "https://other.example/own")


@pytest.mark.parametrize(
    "channel",
    ["conda-forge", "https://mirror.example/x/conda-forge/", "file:///mnt/conda-forge", "conda-forge/label/dev"],
)
def test_conda_forge_and_its_mirrors(channel: str) -> None:
    assert is_conda_forge(channel)
    assert not is_conda_forge(channel.replace("conda-forge", "my-conda-forge"))
