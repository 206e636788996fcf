"""Moving over from another tool: the first lock is made close to that tool's own."""

from __future__ import annotations

import pytest

from interlock.core.files import sha256_of
from interlock_hooks.testing.channel import PLATFORM
from kit.project import Project

pytestmark = pytest.mark.scenario


def test_moving_over_changes_no_version(project: Project) -> None:
    tool = project.channel.add("tool", "1.0")
    project.channel.add("tool", "2.0")
    for version in ("1.0", "2.0"):
        project.index.wheel("app", version)
        project.index.wheel("lib", version)
    project.declare("app", "lib", conda={"tool": "*"})
    url = f"{project.channel.url}/{PLATFORM}/{tool.name}"
    wheel = "https://example.com/app-1.0-py3-none-any.whl"
    project.write(
        f"""\
        version: 6
        environments:
          default:
            channels:
            - url: {project.channel.url}
            indexes:
            - https://example.com/simple
            packages:
              {PLATFORM}:
              - conda: {url}
              - pypi: {wheel}
        packages:
        - conda: {url}
          sha256: {sha256_of(tool)}
          subdir: {PLATFORM}
          channel: {project.channel.url}
        - pypi: {wheel}
          name: app
          version: "1.0"
        """,
        "pixi.lock",
    )
    source = '{ registry = "https://example.com/simple" }'
    project.write(f'version = 1\n[[package]]\nname = "lib"\nversion = "1.0"\nsource = {source}\n', "uv.lock")
    notes = [each["what"] for each in project.make_lock().ok().findings]
    assert notes == ["versions of pixi.lock are preferred", "versions of uv.lock are preferred"]
    assert project.locked() == {"app": "1.0", "lib": "1.0"}
    (locked,) = [entry for entry in project.lock["conda"] if entry["name"] == "tool"]
    assert (locked["version"], locked["sha256"]) == ("1.0", sha256_of(tool))
    # Interlock's own lock decides from now on.
    project.write("", "pixi.lock")
    project.declare("app", "lib>1", conda={"tool": "*"})
    assert project.make_lock().ok().findings == []
    assert project.locked() == {"app": "1.0", "lib": "2.0"}
