from __future__ import annotations

import json
from pathlib import Path

import pytest

from interlock.install.activation import activated, activation_record, is_activation_record
from interlock_hooks.types import ActivationOptions

OPTIONS = ActivationOptions(
    project=(("ROOT", "/shop"),),
    preset=(("PRESET", "yes"),),
    scripts=("setup.sh",),
    env=(("DATA", "$ROOT/data of $SEEN"),),
)


def test_a_record_activates_as_the_manifest_says(tmp_path: Path) -> None:
    (tmp_path / "setup.sh").write_text("export SEEN=$PRESET\n")
    record = json.loads(json.dumps(activation_record(OPTIONS, tmp_path)))
    assert is_activation_record(record)
    variables = activated(tmp_path / "env", record, {"PATH": "/usr/bin:/bin", "OWN": "kept"})
    assert variables["DATA"] == "/shop/data of yes"
    assert variables["OWN"] == "kept"
    assert variables["CONDA_PREFIX"] == str(tmp_path / "env")


@pytest.mark.parametrize(
    "changes", [{"first": 1}, {"env": [["A"]]}, {"env": [["A", 1]]}, {"scripts": [1]}, {"scripts": None}]
)
def test_what_is_damaged_is_no_record(changes: dict[str, object], tmp_path: Path) -> None:
    record = activation_record(OPTIONS, tmp_path)
    assert not is_activation_record(record | changes)
    assert not is_activation_record(None)
    assert not is_activation_record({})
