from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from interlock_hooks.types import CondaRecord, CondaSpec, EnvironmentRequest, Requirement

Ask = Callable[..., EnvironmentRequest]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Make an environment request for conda specs and PyPI requirements given as text (``asked`` ones are ready)."""

    def make(
        *specs: str, requirements: tuple[str, ...] = (), asked: tuple[Requirement, ...] = (), **fields: object
    ) -> EnvironmentRequest:
        defaults: dict[str, object] = {"name": "default", "platform": "linux-64", "root": tmp_path}
        return EnvironmentRequest(
            **{
                **defaults,
                "conda_specs": tuple(CondaSpec(spec=spec) for spec in specs),
                "requirements": (*(Requirement(name=text, text=text) for text in requirements), *asked),
                **fields,
            }
        )

    return make


def record(name: str, version: str = "1.0", *, channel: str = "https://host/channel/", **fields: object) -> CondaRecord:
    file_name = f"{name}-{version}-0.conda"
    defaults: dict[str, object] = {"build": "0", "build_number": 0, "subdir": "linux-64", "file_name": file_name}
    url = f"{channel}linux-64/{file_name}"
    return CondaRecord(name=name, version=version, url=url, channel=channel, **{**defaults, **fields})
