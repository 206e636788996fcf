"""Where the range of each dependency stands, in every dialect; all other bytes stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from interlock.manifest.editing.manifest_text import ManifestText
from interlock.manifest.editing.ranges import Ranged, range_of, with_ranges

PIXI = """
[dependencies]  # what we need
tool = '>=1,<2'  # not 2
any = "*"
table = { version = "1.*", channel = "conda-forge" }
built = { version = "1.*", build = "cuda*" }
odd = "1.2|1.3"
[target.linux-64.pypi-dependencies]
Lib = { version = "~=1.4", extras = ["x"] }
repo = { git = "https://git.example/repo" }
"""
PIXI_NEW = (
    PIXI.replace("'>=1,<2'", "'NEW'").replace('"*"', '"NEW"').replace('version = "1.*", ch', 'version = "NEW", ch')
).replace('"~=1.4"', '"NEW"')

PROJECT = """
[project]
name = "app"
version = "1"
dependencies = [
    "Lib[x]  >=1,<2 ; sys_platform == 'linux'",  # a comment
    'open', "pin==1.0",
    "direct @ https://files.example/direct.zip",
    "repo>=1",
]
[dependency-groups]
test = ["check~=1.4"]
[tool.uv.sources]
Repo = { git = "https://git.example/repo" }
pin = { index = "own" }
"""
PROJECT_NEW = (
    PROJECT.replace("  >=1,<2 ;", "  NEW ;").replace("'open'", "'openNEW'").replace("pin==1.0", "pinNEW")
).replace("~=1.4", "NEW")

YML = """
dependencies:
  - python=3.11  # why
  - conda-forge::tool >=1,<2
  - "any"
  - built=1.2=py_0
  - inner[version=1]
  - pip
  - pip:
      - -r more.txt
      - lib[x]>=1 ; python_version > '3'
      - git+https://git.example/repo
      - |  # as conda hands it to pip
          # a comment of pip's
          first~=1.0  # see a/path
          second<2 \\
            --config-settings a=b
          third==1 --hash=sha256:aa
"""
YML_NEW = YML
for old, new in (
    ("python=3.11", "pythonNEW"),
    (" >=1,<2", " NEW"),
    ('"any"', "anyNEW"),
    ("- pip\n", "- pipNEW\n"),
    ("lib[x]>=1 ;", "lib[x]NEW ;"),
    ("~=1.0  #", "NEW  #"),
    ("<2 \\\n            --", "NEW   --"),
):
    YML_NEW = YML_NEW.replace(old, new)


@pytest.mark.parametrize(
    ("name", "text", "new", "left"),
    [
        ("pixi.toml", PIXI, PIXI_NEW, {"built", "odd", "repo"}),
        ("pyproject.toml", PROJECT, PROJECT_NEW, {"direct", "repo"}),
        ("environment.yml", YML, YML_NEW, {"built", "inner", "repo", "third"}),
    ],
)
def test_only_the_range_changes(name: str, text: str, new: str, left: set[str]) -> None:
    manifest = ManifestText(Path(name), text)
    found = {entry: range_of(manifest, entry) for entry in manifest.entries}
    ranged = [each for each in found.values() if isinstance(each, Ranged)]
    assert {entry.name for entry, each in found.items() if isinstance(each, str)} == left
    assert with_ranges(manifest, [(each, "NEW") for each in ranged]).text == new
    same = [(each, ",".join(map(str, each.clauses.each))) for each in ranged]
    assert with_ranges(manifest, same).text == text
