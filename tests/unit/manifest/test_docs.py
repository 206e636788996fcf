"""Every example of the manifest reference does what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from interlock.manifest import codes as known
from interlock_hooks.types import InterlockError
from manifest.conftest import Room

PAGE = Path(__file__).parents[3] / "docs" / "manifest.md"
EXAMPLES = re.findall(r"^```(?:toml|yaml) (\S+)(?: (IL\d+))?\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)


def test_no_example_escapes() -> None:
    assert len(EXAMPLES) == len(re.findall("```(?:toml|yaml)", PAGE.read_text()))
    assert len(EXAMPLES) >= 10


@pytest.mark.parametrize(("name", "code", "text"), EXAMPLES)
def test_example(room: Room, name: str, code: str, text: str) -> None:
    (room.root / "libs" / "mylib").mkdir(parents=True)
    if code:
        with pytest.raises(InterlockError) as caught:
            room.load(text, name)
        assert [found.code for found in caught.value.findings] == [code]
        return
    workspace = room.load(text, name)
    assert workspace.findings == ()
    platforms = {platform.name: platform for platform in workspace.declared_platforms}
    for environment, declared in workspace.environments.items():
        features = [workspace.features[feature] for feature in declared.all_features]
        for platform in platforms:
            if all(feature.platforms is None or platform in feature.platforms for feature in features):
                assert workspace.request(environment, platform).channels


def test_every_code_is_explained() -> None:
    codes = {value for name, value in vars(known).items() if name.isupper()}
    assert set(re.findall(r"^\| (IL\d+) \|", PAGE.read_text(), re.MULTILINE)) == codes
