from __future__ import annotations

from pathlib import Path

import pytest

from interlock.engines.rattler import installer
from interlock.install import journal, placing, unfinished
from kit.engines import Engines, World


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test knows what another one has seen."""
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """An empty place for an environment, with stand-ins for the engines."""
    engines = Engines()
    for version in ("3.11.9", "3.12.7"):
        minor = version.rsplit(".", 1)[0]
        engines.conda[f"python {version}"] = {"bin/python": minor, f"lib/python{minor}/os.py": version}
    monkeypatch.setattr(installer, "install", engines.link)
    monkeypatch.setattr(placing, "install_packages", engines.install)
    monkeypatch.setattr(placing, "uninstall", engines.uninstall)
    monkeypatch.setattr(unfinished, "place_again", engines.place_again)
    monkeypatch.setattr(unfinished, "wait_for_uv", lambda python: None)
    save = journal.save_state

    def save_in_steps(*args: object, **kwargs: object) -> None:
        engines.step()
        save(*args, **kwargs)  # type: ignore[arg-type]
        engines.step()

    monkeypatch.setattr(journal, "save_state", save_in_steps)
    root = tmp_path / "project"
    root.mkdir()
    (root / "pyproject.toml").write_text("[project]\n")
    return World(root / ".interlock/envs/default", root, engines)
