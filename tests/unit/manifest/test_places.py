from __future__ import annotations

from pathlib import Path

from interlock.manifest.document import Document
from interlock.manifest.places import places

TEXT = """\
[tool.pixi.workspace]
channels = ["conda-forge"]
channel-priority = "disabled"
exclude-newer = "7d"
[tool.pixi.pypi-options.dependency-overrides]
NumPy = "*"
[[tool.uv.index]]
exclude-newer = "1d"
[tool.uv]
constraint-dependencies = [
    "urllib3<2",
    "Jinja2 >=3 ; python_version > '3'",
]
override-dependencies = ["numpy==2"]
"""


def test_what_is_only_text_in_the_model_has_a_place() -> None:
    found = places(Document(Path("/project/pyproject.toml"), TEXT))
    assert {label: place.line for label, place in found.items()} == {
        "channel-priority": 3,
        "exclude-newer": 4,
        "override numpy": 6,
        "constraint urllib3": 11,
        "constraint jinja2": 12,
    }


def test_a_manifest_without_such_things() -> None:
    assert places(Document(Path("/project/pixi.toml"), '[workspace]\nchannels = ["a"]\n')) == {}
