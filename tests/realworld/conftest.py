"""Real packages from PyPI, installed as a user would: the real command line on the embedded channel's Python.

Run with ``make realworld``. A test that needs torch uses its CPU build, from the folder that pip's ``find-links``
names; the CUDA builds on the index bring gigabytes of libraries.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.tags import sys_tags
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from interlock_hooks.testing.channel import Channel
from kit.real import RealProject


@pytest.fixture(scope="session")
def find_links() -> Path | None:
    """The folder with wheels that pip is configured to use, if there is one."""
    place = os.environ.get("PIP_FIND_LINKS")
    if not place:
        command = [sys.executable, "-m", "pip", "config", "get", "global.find-links"]
        place = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    folders = [Path(entry.removeprefix("file://")) for entry in (place or "").split()]
    return next((folder for folder in folders if folder.is_dir()), None)


@pytest.fixture(scope="session")
def torch(find_links: Path | None) -> str:
    """The requirement that gets the CPU build of torch from that folder."""
    tags = set(sys_tags())
    for file in sorted(find_links.glob("torch-*.whl")) if find_links else ():
        try:
            _, version, _, wheel_tags = parse_wheel_filename(file.name)
        except InvalidWheelFilename:
            continue
        if version.local == "cpu" and not tags.isdisjoint(wheel_tags):
            return f"torch=={version}"
    pytest.skip("pip's find-links folder has no CPU build of torch for this Python")


@pytest.fixture
def real(tmp_path: Path, channel: Channel, find_links: Path | None) -> RealProject:
    """An empty project with the network."""
    return RealProject(tmp_path, channel, find_links)
