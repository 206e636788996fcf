"""Git repositories on this machine, made by a test and reached by ``file:`` URLs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from interlock_hooks.testing.files import Content, write_tree

_IDENTITY = dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "kit")
_IDENTITY |= dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "kit@localhost")


class Repository:
    """A repository in ``folder`` that is committed to file by file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    @property
    def url(self) -> str:
        """The address for a manifest."""
        return self.folder.as_uri()

    def commit(self, files: Mapping[str, Content]) -> str:
        """Write files, commit everything that is there, and return the commit."""
        write_tree(self.folder, files)
        self.git("add", "--all")
        self.git("commit", "-q", "--allow-empty", "-m", "change")
        return self.git("rev-parse", "HEAD")

    def add_submodule(self, other: Repository, path: str) -> None:
        """Make another repository a submodule; a commit has to follow."""
        self.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", other.url, path)

    def git(self, *args: str) -> str:
        """Run a command of git in the repository and return what it printed."""
        variables = {**_IDENTITY, "PATH": os.environ["PATH"], "HOME": str(self.folder), "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(
            ["git", *args], cwd=self.folder, env=variables, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()
