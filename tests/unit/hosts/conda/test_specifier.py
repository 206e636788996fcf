from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

MANIFEST = """
[workspace]
name = "shop"
channels = ["conda-forge"]
platforms = ["linux-64", "osx-arm64"]

[activation.env]
PLAIN = "100%"
MADE = "$PLAIN more"

[feature.gpu]
platforms = ["osx-arm64"]

[environments]
gpu = ["gpu"]
"""


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "pixi.toml"
    path.write_text(MANIFEST)
    return path


def test_an_environment_is_left_to_the_installer(context: Any, manifest: Path) -> None:
    from importlib import import_module

    from interlock.hosts.conda import installer
    from interlock.hosts.conda.specifier import LockSpec, ManifestSpec

    spec = ManifestSpec(str(manifest))
    assert spec.available_platforms == ("linux-64", "osx-arm64")
    made = spec.env
    assert (made.name, made.platform) == ("shop", "linux-64")
    assert made.variables == {"PLAIN": "100%"}
    (kind,) = made.external_packages
    # This is what conda does with it.
    assert import_module(f"conda.env.installers.{kind}") is installer
    lock = manifest.with_name("interlock.lock")
    assert LockSpec(str(lock)).env.external_packages == {kind: [f"default @ {lock.as_uri()}"]}


def test_another_environment_is_chosen_by_a_setting(context: Any, manifest: Path) -> None:
    from conda import CondaError

    from interlock.hosts.conda.specifier import ManifestSpec

    context.plugins.interlock_environment = "gpu"
    assert ManifestSpec(str(manifest)).available_platforms == ("osx-arm64",)
    context.plugins.interlock_environment = "gpus"
    with pytest.raises(CondaError, match="IL112"):
        _ = ManifestSpec(str(manifest)).env


def test_conda_is_to_make_it_for_this_machine(context: Any, manifest: Path) -> None:
    from conda import CondaError

    from interlock.hosts.conda.specifier import ManifestSpec

    context.subdir = "osx-arm64"
    with pytest.raises(CondaError, match="IL694"):
        _ = ManifestSpec(str(manifest)).env


def test_a_dry_run_solves_and_writes_nothing(
    context: Any, manifest: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from conda import CondaError

    from interlock.hosts.conda.specifier import LockSpec, ManifestSpec
    from interlock.lock.model import Lock
    from interlock.project import locking
    from kit.locked import locked, record, wheel

    lock = Lock().with_environment(locked(record("tool 1.0"), pypi=[wheel("app 1.0")]), digest="d")
    monkeypatch.setattr(locking, "solve_all", lambda project, mode: locking.LockOutcome(lock, changed=True))
    ManifestSpec(str(manifest)).env_for("linux-64")
    assert capsys.readouterr().out == ""
    context.dry_run, context.quiet = True, False
    ManifestSpec(str(manifest)).env_for("linux-64")
    assert "would install: 1 from conda, 1 from PyPI (0 to be built)" in capsys.readouterr().out
    context.plugins.interlock_environment = "gpu"
    with pytest.raises(CondaError, match=r"IL115|IL605"):
        ManifestSpec(str(manifest)).env_for("linux-64")
    monkeypatch.undo()
    context.plugins.interlock_environment = "default"
    with pytest.raises(CondaError, match="IL60"):
        LockSpec(str(manifest.with_name("interlock.lock"))).env_for("linux-64")
    assert [*manifest.parent.iterdir()] == [manifest]


def test_errors_are_condas_with_interlocks_codes(context: Any, manifest: Path) -> None:
    from conda import CondaError

    from interlock.hosts.conda.specifier import ManifestSpec

    manifest.write_text("[workspace]\nchanels = ['100%s']\n")
    with pytest.raises(CondaError) as caught:
        _ = ManifestSpec(str(manifest)).env
    error: Any = caught.value
    assert error.return_code == 2
    assert "IL106" in {finding["code"] for finding in error.findings}
    assert repr(error) == str(error)
    assert str(error).startswith("error[IL")
