from __future__ import annotations

from typing import get_args

import pytest

from interlock.cli.naming import rule_in_words
from interlock_hooks.types import Location, NameOrigin, NameRule


@pytest.mark.parametrize("rule", get_args(NameRule))
def test_every_rule_has_words(rule: NameRule) -> None:
    assert rule_in_words(NameOrigin(rule=rule, source="SOURCE"))


def test_the_line_of_the_manifest_is_told() -> None:
    origin = NameOrigin(rule="map", source="robo.json", where=Location(file="pixi.toml", line=7))
    assert rule_in_words(origin) == "the map robo.json of the manifest, pixi.toml:7"
