from __future__ import annotations

from dataclasses import replace

from interlock.builds.run.findings import other_identity
from interlock_hooks.types import Artifact
from kit.locked import sdist


def test_a_source_tree_of_another_name_is_called_by_it() -> None:
    tree = replace(sdist("repo 1.0"), artifact=Artifact(kind="git", url="https://example.com/repo.git"))
    found = other_identity(tree, "right-name", "1.0")
    assert "#egg=right-name" in found.fix
    assert "depend on repo==1.1" in other_identity(tree, "repo", "1.1").fix


def test_an_sdist_of_another_name_builds_something_else() -> None:
    assert "depend on right-name==1.0" in other_identity(sdist("repo 1.0"), "right-name", "1.0").fix
