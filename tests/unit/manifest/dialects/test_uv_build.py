from __future__ import annotations

import pytest

from interlock.core.platforms import current_platform
from interlock_hooks.types import BuildOptions, Metadata
from manifest.conftest import Room, line


def build(room: Room, text: str) -> BuildOptions:
    return room.load(text).request("default", current_platform()).build


def test_everything_about_builds(room: Room) -> None:
    found = build(
        room,
        """
        [tool.uv]
        no-build-isolation-package = ["Flash_Attn"]
        build-constraint-dependencies = ["setuptools<81"]
        config-settings = { editable_mode = "compat", flags = ["-a", "-b"], on = true }
        [tool.uv.extra-build-dependencies]
        Deep_Speed = ["ninja", { requirement = "torch", match-runtime = true }, { requirement = "numpy>=2" }]
        [tool.uv.extra-build-variables]
        deepspeed = { DS_BUILD_OPS = "0" }
        deep-speed = { A = "1" }
        [tool.uv.config-settings-package]
        deep-speed = { x = "y" }
        [[tool.uv.dependency-metadata]]
        name = "Torch_Scatter"
        version = "2.1.2"
        requires-dist = ["torch", "numpy ; extra == 'x'"]
        requires-python = ">=3.10"
        provides-extra = ["x"]
        """,
    )
    assert found.no_isolation.names == {"flash-attn"}
    assert found.constraints == ("setuptools<81",)
    assert found.config_settings == (("editable_mode", "compat"), ("flags", ("-a", "-b")), ("on", "true"))
    options = found.package("deep-speed")  # type: ignore[arg-type]
    assert [(item.requirement, item.match_runtime) for item in options.requirements] == [
        ("ninja", False),
        ("torch", True),
        ("numpy>=2", False),
    ]
    assert all(item.where and item.where.line == 6 for item in options.requirements)
    assert options.variables == (("A", "1"),)
    assert options.config_settings == (("x", "y"),)
    assert found.package("deepspeed").variables == (("DS_BUILD_OPS", "0"),)  # type: ignore[arg-type]
    assert found.metadata == (
        Metadata(
            name="torch-scatter",  # type: ignore[arg-type]
            version="2.1.2",
            requires_dist=("torch", 'numpy ; extra == "x"'),
            requires_python=">=3.10",
            provides_extra=("x",),
        ),
    )


def test_both_tools_options_for_one_package_are_kept(room: Room) -> None:
    found = room.request("""
        [tool.pixi.workspace]
        channels = []
        platforms = ["linux-64"]
        [tool.pixi.pypi-options]
        no-build-isolation = ["flash_attn"]
        [tool.uv.extra-build-dependencies]
        flash-attn = [{ requirement = "torch", match-runtime = true }]
        """).build
    assert "flash-attn" in found.no_isolation
    assert found.package("flash-attn").requirements[0].match_runtime  # type: ignore[arg-type]


@pytest.mark.parametrize("requirement", ["torch>=2", "torch @ https://example.com/torch.whl"])
def test_match_runtime_takes_no_version(room: Room, requirement: str) -> None:
    found = room.error(f"""
        [tool.uv.extra-build-dependencies]
        flash-attn = [
          {{ requirement = "{requirement}", match-runtime = true }},
        ]
        """)
    assert (found.code, line(found)) == ("IL111", 3)
    assert 'requirement = "torch", match-runtime = true' in found.fix


def test_match_runtime_may_be_false_with_a_version(room: Room) -> None:
    found = build(
        room, '[tool.uv]\nextra-build-dependencies = { a = [{ requirement = "b>1", match-runtime = false }] }'
    )
    assert found.package("a").requirements[0].requirement == "b>1"  # type: ignore[arg-type]


def test_no_isolation_at_all(room: Room) -> None:
    assert build(room, "[tool.uv]\nno-build-isolation = true\n").no_isolation.everything


def test_a_requirement_without_text(room: Room) -> None:
    found = room.error('[project]\nname = "x"\n[tool.uv.extra-build-dependencies]\na = ["numpy", ""]\n')
    assert (found.code, found.where and found.where.key) == ("IL109", "tool.uv.extra-build-dependencies.a[1]")
