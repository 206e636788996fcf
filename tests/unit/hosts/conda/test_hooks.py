from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import tomli

from interlock.core.offline import is_offline
from kit.locked import locked, record
from kit.prefixes import write_prefix

ROOT = Path(__file__).parents[4]

PROBE = """
import sys
from kit.conda_api import stand_in
with stand_in():
    before = set(sys.modules)
    import interlock.hosts.conda.hooks as hooks
    for name in dir(hooks):
        if name.startswith("conda_") and name != "conda_pre_transaction_actions":
            list(getattr(hooks, name)())
    hooks._guard("repodata.json", (), ())
    new = set(sys.modules) - before
    print(*sorted(name for name in new if name.partition(".")[0] not in sys.stdlib_module_names))
"""


def registered(hook: str) -> dict[str, Any]:
    hooks = importlib.import_module("interlock.hosts.conda.hooks")
    return {each.name: each for each in getattr(hooks, hook)()}


def test_what_every_command_of_conda_imports_is_next_to_nothing() -> None:
    probe = [sys.executable, "-c", PROBE]
    done = subprocess.run(probe, capture_output=True, text=True, check=True, env={"PYTHONPATH": str(ROOT / "tests")})
    assert done.stdout.split() == [
        "interlock",
        "interlock.hosts",
        "interlock.hosts.conda",
        "interlock.hosts.conda.hooks",
        "interlock.hosts.conda.specifier",
    ]


def test_conda_finds_the_hooks() -> None:
    points = tomli.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["conda"]
    assert points == {"interlock": "interlock.hosts.conda.hooks"}


def test_conda_interlock_hands_on_arguments_and_exit_codes(
    context: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    run = registered("conda_subcommands")["interlock"].action
    assert run(("env", "info", "--json")) == 2
    assert json.loads(capsys.readouterr().out)["findings"][0]["code"] == "IL101"
    with pytest.raises(SystemExit) as wrong:
        run(("env", "nonsense"))
    assert wrong.value.code == 2
    assert "conda interlock env" in capsys.readouterr().err


@pytest.mark.parametrize("offline", [True, False])
def test_condas_offline_setting_counts(context: Any, monkeypatch: pytest.MonkeyPatch, offline: bool) -> None:
    from interlock.hosts.conda.working import working

    context.offline = offline
    monkeypatch.setattr("interlock.cli.main.conda_interlock", lambda _: int(is_offline()))
    assert registered("conda_subcommands")["interlock"].action(()) == offline
    with working():
        assert is_offline() is offline
    assert not is_offline()


def test_files_are_known_by_their_names(context: Any, tmp_path: Path) -> None:
    formats = registered("conda_environment_specifiers")
    assert formats["interlock"].default_filenames == ("pixi.toml", "pyproject.toml")
    for name, known in {"pixi.toml": ["interlock"], "interlock.lock": ["interlock-lock"], "other.toml": []}.items():
        (tmp_path / name).touch()
        specs = {each.name: each.environment_spec(str(tmp_path / name)) for each in formats.values()}
        assert [format_name for format_name, spec in specs.items() if spec.can_handle()] == known
    assert registered("conda_environment_exporters")["interlock-lock"].default_filenames == ("interlock.lock",)


def test_a_health_check_says_nothing_of_other_environments(
    context: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "conda-meta").mkdir()
    registered("conda_health_checks")["interlock"].action(str(tmp_path), True)
    assert capsys.readouterr().out == ""


def test_the_guard_is_asked_about_environments_of_interlock_alone(
    context: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from interlock.project import coherence

    asked: list[object] = []
    monkeypatch.setattr(
        coherence, "check_change", lambda prefix, removed, added: asked.append((prefix, removed, added))
    )
    guard = registered("conda_post_solves")["interlock"].action
    record = SimpleNamespace(name="base", version="1.0", build="0", depends=["python 3.12.*"])
    context.target_prefix = str(tmp_path)
    guard("repodata.json", (record,), ())
    assert asked == []
    (tmp_path / "conda-meta").mkdir()
    (tmp_path / "conda-meta" / "interlock").write_text('{"schema": 1}')
    guard("repodata.json", (record,), ())
    assert asked == [(tmp_path, {"base": coherence.Conda("base", "1.0", "0", ("python 3.12.*",))}, {})]
    context.plugins.interlock_guard = False
    guard("repodata.json", (record,), ())
    assert len(asked) == 1


def test_the_guard_is_asked_about_changes_without_a_solve(
    context: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from interlock.project import coherence

    asked: list[object] = []
    monkeypatch.setattr(coherence, "check_change", lambda prefix, removed, added: asked.append((prefix, {*removed})))
    prefix = write_prefix(tmp_path / "prefix", locked(record("base 1.0"), record("tool 1.0")), tmp_path / "no.lock")
    act = registered("conda_pre_transaction_actions")["interlock"].action
    base, tool = (SimpleNamespace(name=name, version="1.0", build="0", depends=[]) for name in ("base", "tool"))
    act({}, str(prefix), (base,), (), (), (), ())
    assert asked == [(prefix, {"base"})]
    # The whole environment goes.
    act({}, str(prefix), (base, tool), (), (), (), ())
    assert len(asked) == 1
