"""git repositories for tests."""

from __future__ import annotations

import subprocess
from pathlib import Path

_IDENTITY = ("-c", "user.name=kit", "-c", "user.email=kit@example.invalid", "-c", "protocol.file.allow=always")


def git(folder: Path, *args: str) -> str:
    """What git prints, run in a folder as somebody."""
    done = subprocess.run(["git", *_IDENTITY, "-C", folder, *args], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def make_repository(folder: Path) -> Path:
    """An empty repository with the branch ``main``."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", "-b", "main")
    return folder


def commit(folder: Path, text: str, name: str = "file") -> str:
    """Write a file, commit all that there is, and return the hash of the commit."""
    (folder / name).write_text(text, encoding="utf-8")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", text)
    return git(folder, "rev-parse", "HEAD")
