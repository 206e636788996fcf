"""The examples of the page on inspecting are what the commands print."""

from __future__ import annotations

import re
import subprocess
from importlib import import_module
from pathlib import Path

import pytest

from interlock.cli.output import Output
from interlock.cli.parser import make_parser
from interlock.lock.model import Lock
from interlock.lock.writer import write
from interlock.manifest import load
from interlock_hooks.types import BuildMode, LockedEnvironment
from kit.locked import locked, plan, record, sdist, wheel

PAGE = (Path(__file__).parents[3] / "docs" / "inspecting.md").read_text(encoding="utf-8")
(MANIFEST,) = re.findall(r"^```toml\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
EXAMPLES = re.findall(r"^```text\n\$ interlock (.*?)\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)


def environment(torch: str, numpy: str, tools: str, *, numba: bool) -> LockedEnvironment:
    source = sdist("flash-attn 2.7.4", "torch", "einops")
    built_with = wheel(f"torch {torch}", "sympy==1.13.1", "typing-extensions>=4.10.0")
    compiled = [wheel("numba 0.60.0", "llvmlite<0.44,>=0.43.0dev0", "numpy<2.1,>=1.22"), wheel("llvmlite 0.43.0")]
    return locked(
        record("python 3.12.7 hc5c86c4_0", "__glibc >=2.17,<3.0.a0", "libffi >=3.4,<4.0a0"),
        record("libffi 3.4.2 h7f98852_5"),
        record("python_abi 3.12 5_cp312", constrains=["python 3.12.*"]),
        record("libblas 3.9.0 25_openblas"),
        record(
            f"numpy {numpy} py312_0", "libblas >=3.9.0,<4.0a0", "python >=3.12,<3.13.0a0", "python_abi 3.12.* *_cp312"
        ),
        pypi=[
            built_with,
            source,
            wheel("einops 0.8.0"),
            wheel("sympy 1.13.1", "mpmath<1.4,>=1.1.0"),
            wheel("mpmath 1.3.0"),
            wheel("typing-extensions 4.12.2"),
            *(compiled if numba else []),
        ],
        provides={f"numpy {numpy}": "numpy"},
        plans=[
            plan(
                source,
                BuildMode.MATCHED,
                needs=["setuptools>=61"],
                matched=["torch"],
                overlay=[wheel(f"setuptools {tools}"), built_with],
            )
        ],
        machine={"__glibc": "2.28"},
    )


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The documented project; the commit before has no numba and an older torch."""
    monkeypatch.chdir(tmp_path)
    manifest, git = tmp_path / "pyproject.toml", ["git", "-c", "user.name=kit", "-c", "user.email=kit@example.org"]
    manifest.write_text(MANIFEST.replace("torch==2.6.0", "torch==2.5.1").replace('    "numba",\n', ""))
    _lock(tmp_path, environment("2.5.1", "2.1.3", "75.1.0", numba=False))
    for args in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "locked"]):
        subprocess.run([*git, *args], check=True)
    manifest.write_text(MANIFEST)
    _lock(tmp_path, environment("2.6.0", "2.0.2", "75.8.0", numba=True))
    return tmp_path


def _lock(root: Path, locked_environment: LockedEnvironment) -> None:
    write(root / "interlock.lock", Lock().with_environment(locked_environment, digest="0" * 64), root=root)


@pytest.mark.parametrize(("command", "shown"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_the_examples_are_what_is_printed(
    project: Path, command: str, shown: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interlock.project.platforms.current_platform", lambda: "linux-64")
    args = make_parser("interlock").parse_args(command.split())
    args.folder = ".interlock"
    assert import_module(f"interlock.cli.commands.{args.group}_{args.command}").run(args, Output("env")) == 0
    assert capsys.readouterr().out.rstrip() == shown.rstrip()


def test_the_manifest_loads(project: Path) -> None:
    assert load(project / "pyproject.toml").findings == ()
