"""How findings and the summary look."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name
from rich.console import Console, RenderableType

from interlock.cli.render import render_finding, render_summary
from interlock_hooks.types import (
    BuildMode,
    BuildPlan,
    BuiltWheel,
    CondaRecord,
    CondaSolution,
    DerivationStep,
    Edit,
    Finding,
    Location,
    LockedEnvironment,
    ProvidedDistribution,
    Resolution,
    Severity,
)
from kit.hooks import PYTHON, RECORD, SDIST, WHEEL

FULL = Finding(
    code="IL204",
    what="no conda package fits",
    why="cuda-toolkit 12.4 needs __cuda >=12.4, but the target has 12.2",
    where=Location(file="pyproject.toml", line=12, key="tool.pixi.system-requirements.cuda"),
    fix='[tool.pixi.system-requirements]\ncuda = "12.4"',
    details=("cuda-toolkit 12.4.1", "  needs __cuda >=12.4"),
    log="/project/.interlock/logs/x.log",
)


def shown(renderable: RenderableType, *, width: int = 80, piped: bool = False) -> str:
    console = Console(width=1000 if piped else width, record=True, soft_wrap=piped, highlight=False, quiet=False)
    with console.capture() as capture:
        console.print(renderable)
    return capture.get()


# -- findings --------------------------------------------------------------------------------------------------------


def test_a_finding_has_every_part_in_the_order_of_reading() -> None:
    assert shown(render_finding(FULL)).splitlines() == [
        "error[IL204]: no conda package fits",
        "   why  cuda-toolkit 12.4 needs __cuda >=12.4, but the target has 12.2",
        " where  pyproject.toml:12 (tool.pixi.system-requirements.cuda)",
        "        cuda-toolkit 12.4.1",
        "          needs __cuda >=12.4",
        "   log  /project/.interlock/logs/x.log",
        "   fix  [tool.pixi.system-requirements]",
        '        cuda = "12.4"',
    ]


def test_parts_that_a_finding_does_not_have_take_no_room() -> None:
    finding = Finding(code="IL101", what="a note", severity=Severity.NOTE)
    assert shown(render_finding(finding)) == "note[IL101]: a note\n"


@pytest.mark.parametrize("text", ["[bold]not markup[/bold]", "torch[cuda]>=2", "[/]", ":smile:"])
def test_text_of_the_user_is_not_markup(text: str) -> None:
    finding = Finding(code="IL101", what=text, why=text, details=(text,), fix=text)
    assert shown(render_finding(finding)).count(text) == 4


def test_text_of_others_commands_no_terminal() -> None:
    finding = Finding(code="IL468", what="signed by \x1b[2Jme", why="\x9b2J", fix="\x07", details=("a\x1b]0;t\x07",))
    lines = shown(render_finding(finding)).splitlines()
    assert all(line.isprintable() for line in lines)
    assert lines[0] == "error[IL468]: signed by ?[2Jme"


def test_long_text_wraps_under_itself() -> None:
    finding = replace(FULL, why="word " * 30, where=None, details=(), log=None, fix="")
    _, first, *rest = shown(render_finding(finding), width=40).splitlines()
    assert first.startswith("   why  word")
    assert rest
    assert all(line.startswith("        word") and len(line) <= 40 for line in rest)


def test_in_a_pipe_nothing_wraps_and_nothing_is_padded() -> None:
    why = "word " * 300
    lines = shown(render_finding(replace(FULL, why=why)), piped=True).splitlines()
    assert f"   why  {why.strip()}" in lines
    assert all(line == line.rstrip() for line in lines)


# -- the summary -----------------------------------------------------------------------------------------------------


def record(name: str, version: str) -> CondaRecord:
    return replace(RECORD, name=name, version=version)


def environment(*records: CondaRecord, wheels: int = 1) -> LockedEnvironment:
    packages = [replace(WHEEL, name=canonicalize_name(f"wheel{number}"), version="1") for number in range(wheels - 1)]
    resolution = Resolution(
        python=PYTHON,
        packages=(SDIST, WHEEL, *packages),
        provided=(ProvidedDistribution(name=canonicalize_name("numpy"), version="2.1", record="numpy"),),
    )
    solution = CondaSolution(platform="linux-64", records=records)
    return LockedEnvironment(name="default", platform="linux-64", conda=solution, resolution=resolution)


BUILT = BuiltWheel(
    name=SDIST.name,
    version="2.7.4",
    path=Path("/store/flash_attn-2.7.4-cp312-cp312-linux_x86_64.whl"),
    sha256="0" * 64,
    mode=BuildMode.MATCHED,
    seconds=80,
    imports=(WHEEL.name, canonicalize_name("numpy"), canonicalize_name("setuptools")),
    toolchain=(("cc", "/usr/bin/cc"), ("nvcc", "/project/.interlock/envs/default/bin/nvcc")),
)
PREFIX = "/project/.interlock/envs/default"


def test_a_summary_tells_what_came_from_where_and_what_was_built_against_what() -> None:
    locked = environment(record("zlib", "1"), record("cuda-nvcc", "13.0.88"), record("python", "3.12.7"), wheels=8)
    other = replace(BUILT, name=canonicalize_name("aaa"), version="1", mode=BuildMode.NO_ISOLATION, imports=())
    text = shown(render_summary(locked, [BUILT, replace(other, from_store=True)], PREFIX, 95.2), piped=True)
    assert text.splitlines() == [
        "✓ environment default ready in 1 min 35 s",
        " conda  python 3.12.7, cuda-nvcc 13.0.88, 1 more",
        "  PyPI  torch 2.6.0, wheel0 1, wheel1 1, wheel2 1, wheel3 1, wheel4 1, 2 more",
        " built  aaa 1, no isolation, from the wheel store",
        "        flash-attn 2.7.4, matched, against torch 2.6.0, numpy 2.1, 1 min 20 s",
        "  nvcc  13.0.88, of the environment",
        f"prefix  {PREFIX}",
    ]


def test_what_a_build_had_in_another_version_is_not_what_it_was_built_against() -> None:
    overlay = (replace(WHEEL, version="2.7.0"),)
    plan = BuildPlan(package=SDIST, mode=BuildMode.MATCHED, overlay=overlay)
    text = shown(render_summary(replace(environment(), plans=(plan,)), [BUILT], PREFIX, 1), piped=True)
    assert "matched, against numpy 2.1, 1 min" in text


def test_a_compiler_from_elsewhere_is_shown_by_its_path() -> None:
    built = replace(BUILT, toolchain=(("nvcc", "/opt/cuda/bin/nvcc"),))
    assert "  nvcc  /opt/cuda/bin/nvcc\n" in shown(render_summary(environment(), [built], PREFIX, 1), piped=True)


def test_the_compiler_of_a_stored_wheel_is_not_shown_in_another_environment() -> None:
    built = replace(BUILT, toolchain=(("nvcc", "/elsewhere/bin/nvcc"),), from_store=True)
    told = shown(render_summary(environment(record("cuda-nvcc", "13.0.88")), [built], PREFIX, 1), piped=True)
    assert "  nvcc  13.0.88, of the environment\n" in told
    assert "elsewhere" not in told


def test_a_wheel_without_compiled_code_has_no_compiler() -> None:
    built = replace(BUILT, path=Path("/store/flash_attn-2.7.4-py3-none-any.whl"))
    assert "nvcc" not in shown(render_summary(environment(), [built], PREFIX, 1))


@pytest.mark.parametrize(
    ("records", "line"),
    [
        ([], " conda  nothing"),
        ([record("zlib", "1")], " conda  1 package"),
        ([record("zlib", "1"), record("xz", "1")], " conda  2 packages"),
        ([record("python", "3.12.7")], " conda  python 3.12.7"),
    ],
)
def test_packages_are_named_or_counted(records: list[CondaRecord], line: str) -> None:
    assert line in shown(render_summary(environment(*records), [], PREFIX, 1)).splitlines()


# -- derivations -----------------------------------------------------------------------------------------------------


def explained() -> Finding:
    numpy = Location(file="pixi.toml", line=12, key="dependencies.numpy")
    return Finding(
        code="IL230",
        what="no",
        fix="make one of these changes",
        details=("what an engine says",),
        derivation=(
            DerivationStep(kind="asks", side="conda", text="the manifest asks for numpy >=2", where=numpy),
            DerivationStep(kind="clash", side="both", text="numpy: no version is both >=2 and <2"),
        ),
        edits=(
            Edit(old='numpy = ">=2"', new='numpy = ">=1.26,<2"', where=numpy),
            Edit(old='numpy = ">=2"', new="", where=numpy, note="remove the line"),
            Edit(old="", new='[system-requirements] cuda = "12.4"'),
        ),
    )


def test_a_derivation_labels_each_fact_and_names_its_line() -> None:
    assert shown(render_finding(explained())).splitlines() == [
        "error[IL230]: no",
        " since  conda   the manifest asks for numpy >=2  (pixi.toml:12)",
        "                numpy: no version is both >=2 and <2",
        "   fix  make one of these changes",
        '        numpy = ">=2"  →  numpy = ">=1.26,<2"  (pixi.toml:12)',
        '        numpy = ">=2", remove the line  (pixi.toml:12)',
        '        [system-requirements] cuda = "12.4"',
    ]


def test_the_words_of_engines_are_for_the_verbose_where_there_is_a_derivation() -> None:
    assert "what an engine says" in shown(render_finding(explained(), verbose=True))
    assert "what an engine says" in shown(render_finding(replace(explained(), derivation=())))
