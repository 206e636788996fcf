"""The manifest that the project began with: it must install as it was written, but for channel and index."""

from __future__ import annotations

from pathlib import Path

import pytest

from interlock_hooks.testing.channel import Channel
from interlock_hooks.testing.index import Index
from interlock_hooks.testing.shared import Shared
from kit.interpreters import find_interpreter
from kit.miniatures import add_flash_attn, add_torch
from kit.project import PYTHON, Project
from kit.toolkit import add_toolkit

pytestmark = pytest.mark.scenario

SEED = Path(__file__).parent / "seed"


@pytest.fixture
def nvidia(tmp_path: Path, shared: Shared) -> Channel:
    """The first of the two channels: toolkits, the newer of which must not be taken."""
    made = Channel(tmp_path / "nvidia", shared.packages)
    add_toolkit(made, "12.4.1")
    add_toolkit(made, "12.5.0")
    return made


@pytest.fixture
def seed_python(channel: Channel, shared: Shared) -> str:
    """The Python that the seed asks for, and another one to choose from.

    On a machine without it the running one stands in, and the manifest is changed accordingly.
    """
    wanted = find_interpreter("3.12")
    minor = "3.12" if wanted else PYTHON
    if wanted and PYTHON != "3.12":
        channel.offer_channel(shared.python(wanted))
    for other in ("3.11", "3.12"):
        if other not in (minor, PYTHON):
            channel.add("python", f"{other}.0", build="0_cpython")
    return minor


@pytest.fixture
def seed_index(index: Index) -> Index:
    add_torch(index, "2.6.0", "2.7.0")
    add_flash_attn(index, "2.7.3", "2.7.4")
    return index


@pytest.fixture(params=["no-build-isolation", "match-runtime"])
def seed(
    request: pytest.FixtureRequest,
    project: Project,
    nvidia: Channel,
    channel: Channel,
    seed_index: Index,
    seed_python: str,
) -> Project:
    text = (SEED / f"{request.param}.toml").read_text()
    text = text.replace('["nvidia", "conda-forge"]', f'["{nvidia.url}", "{channel.url}"]')
    text += f'\n[[tool.uv.index]]\nurl = "{seed_index.url}"\ndefault = true\n'
    if seed_python != "3.12":
        text = text.replace("3.12.*", f"{seed_python}.*").replace(">=3.11,<3.13", f"=={seed_python}.*")
    project.write(text)
    return project


@pytest.mark.disk
def test_the_seed_installs(seed: Project, seed_python: str) -> None:
    seed.install().ok()
    assert seed.versions() == {
        "torch": "2.6.0",
        "typing-extensions": "4.12.0",
        "flash-attn": "2.7.4",
        "einops": "0.8.0",
    }
    conda = seed.conda_versions()
    assert conda["cuda-toolkit"] == conda["cuda-nvcc"] == "12.4.1"
    assert conda["python"].startswith(f"{seed_python}.")
    built = seed.built("flash-attn")
    assert built["imports"] == {"torch": "2.6.0"}
    assert built["nvcc"] == str(seed.prefix / "bin" / "nvcc")
    assert "release 12.4" in built["nvcc_says"]
    assert seed.python("import torch, flash_attn; print(torch.__version__, flash_attn.__version__)") == "2.6.0 2.7.4"


def test_the_seed_locks_before_anything_is_installed(seed: Project) -> None:
    seed.make_lock().ok()
    assert seed.locked()["torch"] == "2.6.0"
    assert seed.locked()["flash-attn"] == "2.7.4"
    assert not seed.prefix.exists()
