"""What the options of `env add` ask for together."""

from __future__ import annotations

from pathlib import Path

import pytest

from interlock.project.additions import Sources, addition_of
from interlock_hooks.types import BuildMode, InterlockError


def test_a_local_project_says_its_own_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    below = tmp_path / "work" / "lib"
    below.mkdir(parents=True)
    (below / "pyproject.toml").write_text('[project]\nname = "the-lib"\n')
    monkeypatch.chdir(tmp_path / "work")
    found = addition_of(
        [], Sources(path="lib", editable=True), root=tmp_path, feature="default", platform=None, no_isolation=True
    )
    assert found.specs == ("the-lib",)
    assert found.source == {"path": "./work/lib", "editable": True}
    assert found.mode is BuildMode.NO_ISOLATION


@pytest.mark.parametrize(
    ("specs", "sources"),
    [
        ([], Sources()),
        (["a"], Sources(rev="1")),
        (["a"], Sources(editable=True)),
        (["a"], Sources(git="https://host/a", path=".")),
        (["a", "b"], Sources(git="https://host/a")),
        (["a"], Sources(path="missing")),
        ([], Sources(path=".")),
    ],
)
def test_options_that_do_not_fit(
    specs: list[str], sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InterlockError) as error:
        addition_of(specs, sources, root=tmp_path, feature="default", platform=None)
    (finding,) = error.value.findings
    assert (finding.code, bool(finding.fix)) == ("IL131", True)
