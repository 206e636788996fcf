"""A channel of real records, as it was in 2018: what solving meets in the wild, without packages behind it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

from packaging.utils import NormalizedName

from interlock_hooks.types import (
    EVERY_CHANNEL,
    ChannelNames,
    CondaSpec,
    EnvironmentRequest,
    Index,
    PyPIOptions,
    Requirement,
)

_DATA = Path(__file__).parents[1] / "data" / "anaconda-main-linux-64.json.gz"

# These records say nothing of PyPI, and there are no files to look into.
SAME_NAMES = (ChannelNames(channel=EVERY_CHANNEL, same_name=True),)


def write_snapshot(folder: Path) -> str:
    """Write the channel into a folder; its address."""
    records = json.loads(gzip.decompress(_DATA.read_bytes()))
    for record in records.values():
        record |= {"subdir": "linux-64", "sha256": "0" * 64}
    for subdir, packages in (("linux-64", records), ("noarch", {})):
        (folder / subdir).mkdir(parents=True, exist_ok=True)
        index = {"info": {"subdir": subdir}, "packages": packages, "packages.conda": {}}
        (folder / subdir / "repodata.json").write_text(json.dumps(index))
    return folder.as_uri()


def snapshot_request(channel: str, wheels: Path, specs: Sequence[str]) -> EnvironmentRequest:
    """What asks a channel of such records for ``specs``, and the flat index ``wheels`` for the PyPI package ``app``."""
    return EnvironmentRequest(
        name="default",
        platform="linux-64",
        root=wheels,
        channels=(channel,),
        conda_specs=tuple(CondaSpec(spec=spec) for spec in specs),
        requirements=(Requirement(name=NormalizedName("app"), text="app"),),
        pypi=PyPIOptions(indexes=(Index(url=str(wheels), default=True, format="flat"),)),
        pypi_names=SAME_NAMES,
    )
