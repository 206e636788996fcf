from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from interlock.engines import process
from interlock.engines.process import ProcessTimeout
from interlock.engines.rattler.activation import activated_environment
from interlock_hooks.types import InterlockError

BASE = {"PATH": "/usr/bin:/bin", "HOME": "/home/me", "KEEP": "me"}


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    made = tmp_path / "envs" / "default"
    (made / "etc/conda/activate.d").mkdir(parents=True)
    (made / "conda-meta").mkdir()
    return made


def script(prefix: Path, text: str, name: str = "a.sh") -> Path:
    path = prefix / "etc/conda/activate.d" / name
    path.write_text(text)
    return path


@pytest.fixture
def shells(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The shells that were started."""
    started: list[str] = []
    original = process.run

    def counted(args, **options):
        started.append(str(args[0]))
        return original(args, **options)

    monkeypatch.setattr(process, "run", counted)
    return started


def test_without_scripts_no_shell_is_started(prefix: Path, shells: list[str]) -> None:
    variables = activated_environment(prefix, BASE)
    assert variables == BASE | {
        "PATH": f"{prefix}/bin:/usr/bin:/bin",
        "CONDA_PREFIX": str(prefix),
        "CONDA_DEFAULT_ENV": "default",
        "CONDA_SHLVL": "1",
    }
    assert shells == []


def test_other_active_environments_are_left(prefix: Path) -> None:
    base = BASE | {"VIRTUAL_ENV": "/venv", "PYTHONHOME": "/other", "CONDA_PREFIX": "/conda", "CONDA_SHLVL": "3"}
    variables = activated_environment(prefix, base)
    assert "VIRTUAL_ENV" not in variables
    assert "PYTHONHOME" not in variables
    assert variables["CONDA_PREFIX"] == str(prefix)
    assert variables["CONDA_SHLVL"] == "1"


def test_path_is_first_and_once(prefix: Path) -> None:
    base = BASE | {"PATH": f"/x:{prefix}/bin:/usr/bin"}
    assert activated_environment(prefix, base)["PATH"] == f"{prefix}/bin:/x:/usr/bin"
    assert activated_environment(prefix, {})["PATH"].startswith(f"{prefix}/bin:/usr/bin")


def test_scripts_run_in_order_and_see_the_prefix(prefix: Path) -> None:
    script(prefix, 'export ORDER="${ORDER}b"\n', "b.sh")
    script(prefix, 'export ORDER="a"; export WHERE="$CONDA_PREFIX"; unset KEEP; echo noise; echo noise >&2\n', "a.sh")
    script(prefix, "set -gx ORDER fish\n", "c.fish")
    variables = activated_environment(prefix, BASE)
    assert variables["ORDER"] == "ab"
    assert variables["WHERE"] == str(prefix)
    assert "KEEP" not in variables
    assert not {"_il_script", "_il_result", "_", "PWD", "SHLVL"} & set(variables)


def test_values_are_taken_as_they_are(prefix: Path) -> None:
    odd = "two\nlines = 'quoted' \\ $HOME ü \udcff"
    script(prefix, "export COPY=\"$ODD\"; export MORE=$'a\\nb'\n")
    variables = activated_environment(prefix, BASE | {"ODD": odd})
    assert variables["COPY"] == odd
    assert variables["ODD"] == odd
    assert variables["MORE"] == "a\nb"


def test_the_effect_is_remembered(prefix: Path, shells: list[str]) -> None:
    path = script(prefix, 'export ADDED="$HOME/x"; unset KEEP\n')
    first = activated_environment(prefix, BASE)
    assert activated_environment(prefix, BASE | {"PWD": "/elsewhere"}) == first | {"PWD": "/elsewhere"}
    assert len(shells) == 1
    assert activated_environment(prefix, BASE | {"HOME": "/new"})["ADDED"] == "/new/x"
    assert len(shells) == 2
    path.write_text("export ADDED=changed\n")
    assert activated_environment(prefix, BASE)["ADDED"] == "changed"
    assert len(shells) == 3
    path.unlink()
    assert "ADDED" not in activated_environment(prefix, BASE)


def test_scripts_see_packages_that_came_later(prefix: Path) -> None:
    script(prefix, '[ ! -e "$CONDA_PREFIX/tool" ] || export TOOL=1\n')
    assert "TOOL" not in activated_environment(prefix, BASE)
    (prefix / "tool").touch()
    (prefix / "conda-meta/tool-1-0.json").write_text("{}")
    assert activated_environment(prefix, BASE)["TOOL"] == "1"


def test_what_is_remembered_holds_no_secret_of_the_caller(prefix: Path, own_cache: Path) -> None:
    script(prefix, "export ADDED=1\n")
    activated_environment(prefix, BASE | {"TOKEN": "hunter2"})
    (stored,) = (own_cache / "activation").iterdir()
    assert "ADDED" in stored.read_text()
    assert "hunter2" not in stored.read_text()


def test_a_damaged_memory_is_ignored(prefix: Path, own_cache: Path) -> None:
    script(prefix, "export ADDED=1\n")
    activated_environment(prefix, BASE)
    (stored,) = (own_cache / "activation").iterdir()
    stored.write_text('{"state": ')
    assert activated_environment(prefix, BASE)["ADDED"] == "1"


def test_declared_variables(prefix: Path) -> None:
    (prefix / "etc/conda/env_vars.d").mkdir()
    (prefix / "etc/conda/env_vars.d/a.json").write_text(json.dumps({"FROM_PACKAGE": "1", "BOTH": "package"}))
    (prefix / "etc/conda/env_vars.d/b.json").write_text("not json")
    state = {"env_vars": {"BOTH": "user", "KEEP": "***unset***"}}
    (prefix / "conda-meta/state").write_text(json.dumps(state))
    script(prefix, 'export SEEN="$BOTH"\n')
    variables = activated_environment(prefix, BASE)
    assert variables["FROM_PACKAGE"] == "1"
    assert variables["BOTH"] == variables["SEEN"] == "user"
    assert "KEEP" not in variables


def test_the_manifests_scripts_and_variables_come_last(prefix: Path, tmp_path: Path, shells: list[str]) -> None:
    script(prefix, "export LEVEL=package\n")
    own = tmp_path / "own.sh"
    own.write_text('export LEVEL="$LEVEL-script"\n')
    env = (("LEVEL", "${LEVEL}-env"), ("NEXT", "$LEVEL!"), ("PRICE", "5$"))
    for _ in range(2):
        variables = activated_environment(prefix, BASE, scripts=(own,), env=env)
        assert variables["LEVEL"] == "package-script-env"
        assert variables["NEXT"] == "package-script-env!"
        assert variables["PRICE"] == "5$"
    assert len(shells) == 2


@pytest.mark.parametrize("text", ["echo because >&2\nexit 3\n", "set -e; echo because >&2; false\n", "kill -9 $$\n"])
def test_a_script_that_ends_the_shell_is_named(prefix: Path, text: str) -> None:
    script(prefix, "export FINE=1\n", "a.sh")
    culprit = script(prefix, text, "b.sh")
    with pytest.raises(InterlockError) as caught:
        activated_environment(prefix, BASE)
    (finding,) = caught.value.findings
    assert finding.code == "IL660"
    assert str(culprit) in finding.what
    assert finding.details in (("because",), ())


def test_a_script_that_is_missing(prefix: Path, tmp_path: Path) -> None:
    with pytest.raises(InterlockError) as caught:
        activated_environment(prefix, BASE, scripts=(tmp_path / "missing.sh",))
    assert caught.value.findings[0].code == "IL661"
    assert "missing.sh" in caught.value.findings[0].what


def test_a_script_without_end(prefix: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    culprit = script(prefix, "while :; do :; done\n")

    def endless(args, *, timeout: float, **options: object) -> None:
        Path(args[4]).write_text(str(culprit))  # the shell notes which script it is in
        raise ProcessTimeout([str(arg) for arg in args], timeout)

    monkeypatch.setattr(process, "run", endless)
    with pytest.raises(InterlockError) as caught:
        activated_environment(prefix, BASE)
    assert str(culprit) in caught.value.findings[0].what
    assert "120 s" in caught.value.findings[0].why


def test_without_bash(prefix: Path, monkeypatch: pytest.MonkeyPatch, shells: list[str]) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    script(prefix, "export ADDED=1\n")
    assert activated_environment(prefix, BASE)["ADDED"] == "1"
    assert shells == ["/bin/sh"]


def test_the_toolkit_of_the_prefix_is_found(prefix: Path) -> None:
    target = prefix / "targets" / f"{os.uname().machine}-linux"
    (target / "include").mkdir(parents=True)
    (prefix / "bin").mkdir()
    (prefix / "bin/nvcc").write_text("")
    variables = activated_environment(prefix, BASE | {"CUDA_HOME": "/usr/local/cuda"})
    assert variables["CUDA_HOME"] == str(prefix)
    script(prefix, "export CUDA_HOME=/from/a/script\n")
    assert activated_environment(prefix, BASE)["CUDA_HOME"] == "/from/a/script"
    assert activated_environment(prefix, BASE, env=(("CUDA_HOME", "/mine"),))["CUDA_HOME"] == "/mine"


def test_first_variables_come_before_scripts_and_after_what_the_prefix_declares(prefix: Path) -> None:
    script(prefix, 'export SEEN="$MINE"\nexport OVER=script\n')
    state = prefix / "conda-meta" / "state"
    state.write_text(json.dumps({"env_vars": {"MINE": "declared"}}))
    first = [("MINE", "$HOME"), ("OVER", "first"), ("CONDA_DEFAULT_ENV", "demo"), ("PATH", "/opt")]
    variables = activated_environment(prefix, BASE, first=first)
    assert (variables["MINE"], variables["SEEN"], variables["OVER"]) == ("$HOME", "$HOME", "script")
    assert variables["CONDA_DEFAULT_ENV"] == "demo"
    assert variables["PATH"] == f"{prefix}/bin:/opt"
