"""Which recipes are built: those that make the same thing tomorrow."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("rattler_build")

from interlock.builds.recipes._worker import main

HASH = "0" * 64


def kind(folder: Path, source: str) -> str | None:
    """Why a recipe with a source is refused; one that is not noarch is refused last."""
    recipe = folder / "recipe.yaml"
    recipe.write_text(f"package: {{name: demo, version: '1'}}\nsource: {source}\n", encoding="utf-8")
    return str(main({"recipe": str(recipe), "portable": True, "variants": {}, "variant_files": []})["kind"])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{url: 'https://x.example/a.tgz'}", "moving"),
        ("{url: ['https://x.example/a.tgz', 'https://y.example/a.tgz']}", "moving"),
        ("{url: 'file:///a.tgz'}", "moving"),
        ("{git: 'https://x.example/a.git'}", "moving"),
        ("{git: 'https://x.example/a.git', branch: v1}", "moving"),
        ("{git: 'https://x.example/a.git', rev: main}", "moving"),
        ("[{path: src}, {git: 'https://x.example/a.git'}]", "moving"),
        ("{git: ../a}", "git"),
        ("{path: /src}", "path"),
        ("{path: \"${{ '/src' }}\"}", "path"),
    ],
)
def test_a_source_that_can_change_by_itself_is_refused(tmp_path: Path, source: str, expected: str) -> None:
    assert kind(tmp_path, source) == expected


@pytest.mark.parametrize(
    "source",
    [
        f"{{url: 'https://x.example/a.tgz', sha256: '{HASH}'}}",
        f"{{url: 'https://x.example/a.tgz', md5: '{HASH[:32]}'}}",
        "{git: 'https://x.example/a.git', tag: v1}",
        f"{{git: 'https://x.example/a.git', rev: '{HASH[:40]}'}}",
        "{path: ../src}",
        "[]",
    ],
)
def test_a_source_that_is_always_the_same_is_not(tmp_path: Path, source: str) -> None:
    assert kind(tmp_path, source) == "platform"
