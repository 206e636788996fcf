"""The packages for which resolving without building was made; uv alone can lock none of the dynamic ones."""

from __future__ import annotations

import pytest

from interlock_hooks.types import PyPIOptions
from unit.resolve.asking import Asker

pytestmark = pytest.mark.realworld


def test_sdists_that_import_torch(ask: Asker) -> None:
    resolution = ask(
        "torch==2.6.0",
        "torch-scatter",
        "flash-attn==2.5.8",
        "madmom",
        "torch-points-kernels",
        conda=("numpy 2.1.3", "setuptools 80.9.0"),
        options=PyPIOptions(),
    )
    assert {"torch-scatter", "flash-attn", "madmom", "torch-points-kernels"} <= {
        package.name for package in resolution.packages if package.needs_build
    }
    assert {"torch-scatter", "flash-attn", "madmom", "torch-points-kernels"} == {
        entry.name for entry in resolution.metadata if entry.origin == "assumed"
    }
    torch = resolution.get("torch")
    assert torch is not None
    assert "nvidia-cublas-cu12==12.4.5.8" in torch.requires
    assert resolution.get("numpy") is None
