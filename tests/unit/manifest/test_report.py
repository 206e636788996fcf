from __future__ import annotations

from interlock.manifest import codes as known
from interlock.manifest.report import nearest
from manifest.conftest import Room


def test_codes_are_different_and_are_those_of_manifests() -> None:
    codes = [value for name, value in vars(known).items() if name.isupper()]
    assert len(set(codes)) == len(codes)
    assert all(code.startswith("IL1") for code in codes)


def test_the_nearest_word_ignores_case_and_underscores() -> None:
    assert nearest("No_Build_Isolation", ["no-build", "no-build-isolation"]) == "no-build-isolation"
    assert nearest("zzz", ["a"]) is None


def test_findings_are_json_ready(room: Room) -> None:
    found = room.pixi_error("[dependencies]\na = 1\n").as_dict()
    assert found["where"] == {"file": str(room.root / "pixi.toml"), "line": 5, "key": "dependencies.a"}
    assert found["severity"] == "error"
