"""Manifests in a temporary directory: written, loaded, and their findings by line."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from interlock.manifest import Workspace, load
from interlock_hooks.types import EnvironmentRequest, Finding, InterlockError

PLATFORM = "linux-64"


class Room:
    """Writes manifests into one directory and reads them."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, text: str, name: str = "pyproject.toml") -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
        return path

    def load(self, text: str, name: str = "pyproject.toml") -> Workspace:
        return load(self.write(text, name))

    def pixi(self, text: str) -> Workspace:
        """A pixi.toml with a workspace for linux-64 in front of the text; line 4 is the text's first."""
        return self.load(_PIXI + dedent(text).lstrip("\n"), "pixi.toml")

    def request(self, text: str, environment: str = "default", platform: str = PLATFORM) -> EnvironmentRequest:
        return self.load(text).request(environment, platform)

    def pixi_request(self, text: str, environment: str = "default", platform: str = PLATFORM) -> EnvironmentRequest:
        return self.pixi(text).request(environment, platform)

    def errors(self, text: str, name: str = "pyproject.toml") -> list[Finding]:
        """Why the manifest, or else its default environment, is refused."""
        with pytest.raises(InterlockError) as caught:
            self.load(text, name).request()
        return list(caught.value.findings)

    def pixi_errors(self, text: str) -> list[Finding]:
        return self.errors(_PIXI + dedent(text).lstrip("\n"), "pixi.toml")

    def pixi_error(self, text: str) -> Finding:
        (finding,) = self.pixi_errors(text)
        return finding

    def error(self, text: str, name: str = "pyproject.toml") -> Finding:
        (finding,) = self.errors(text, name)
        return finding


_PIXI = '[workspace]\nchannels = ["conda-forge"]\nplatforms = ["linux-64", "osx-arm64", "win-64"]\n'


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def specs(request: EnvironmentRequest) -> list[str]:
    """The conda dependencies of an environment, in their order."""
    return [spec.spec for spec in request.conda_specs]


def line(finding: Finding) -> int | None:
    assert finding.where is not None
    return finding.where.line
