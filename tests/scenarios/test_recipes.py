"""Recipes whose packages have miniatures, locked as they are written but for channel, index and Python."""

from __future__ import annotations

import pytest

from interlock_hooks.testing.channel import Channel
from interlock_hooks.testing.index import Index
from kit.miniatures import add_axolotl, add_flash_attn, add_torch
from kit.project import PYTHON, Project
from kit.recipes import copy_recipe
from kit.toolkit import add_toolkit

pytestmark = pytest.mark.scenario


def copy(name: str, project: Project, channel: Channel, index: Index) -> None:
    # The miniatures were uploaded today; the recipes look at what there was then.
    options = {"index-url": index.url}
    copy_recipe(name, project.root, channel.url, python=PYTHON, pypi_options=options, any_date=True)


def test_axolotl_chooses_what_fits_the_torch_of_the_recipe(project: Project, channel: Channel, index: Index) -> None:
    add_toolkit(channel, "12.4.1")
    add_torch(index, "2.6.0", "2.7.0")
    add_flash_attn(index, "2.7.4")
    add_axolotl(index, "0.9.2", assumed_torch="2.7.0")
    for tool in ("psutil", "ninja"):
        index.wheel(tool, "1.0")
    copy("axolotl", project, channel, index)
    result = project.make_lock().ok()
    assert {name: project.locked()[name] for name in ("torch", "xformers", "flash-attn")} == {
        "torch": "2.6.0",
        "xformers": "0.0.29",
        "flash-attn": "2.7.4",
    }
    assert {build["name"]: build["mode"] for build in result.json["environments"][0]["platforms"][0]["builds"]} == {
        "axolotl": "matched",
        "flash-attn": "matched",
    }
    assert project.plan("flash-attn")["variables"]["FLASH_ATTN_CUDA_ARCHS"] == "80;90"


VERL_REQUIRES = (
    *("accelerate", "codetiming", "datasets", "dill", "hydra-core", "numpy", "pandas", "peft", "pyarrow", "ray"),
    *("torchdata", "transformers", "wandb"),
)


def test_verl_is_asked_for_its_version_and_extras(project: Project, channel: Channel, index: Index) -> None:
    add_torch(index, "2.6.0", "2.7.0")
    index.wheel("vllm", "0.8.5.post1", requires=["torch==2.6.0"])
    index.wheel("tensordict", "0.6.2")
    for name in VERL_REQUIRES:
        index.wheel(name, "2.0" if name == "numpy" else "99.0", extras={"default": []})
    index.wheel("numpy", "1.26.4")
    copy("verl", project, channel, index)
    project.make_lock().ok()
    locked = project.locked()
    assert locked["verl-like"] == "0.4.0"
    assert (locked["vllm"], locked["tensordict"], locked["numpy"]) == ("0.8.5.post1", "0.6.2", "1.26.4")
    (block,) = (entry for entry in project.lock["pypi"] if entry["name"] == "verl-like")
    assert block["artifact"]["editable"] is True
