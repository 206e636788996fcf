from __future__ import annotations

from pathlib import Path

import pytest

from interlock.engines.rattler.lock_files import PixiLock

FORGE = "https://conda.anaconda.org/conda-forge/linux-64/a-1.0-h0_0.conda"
OWN = "https://packages.example.com/own/linux-64/b-1.0-h0_0.conda"
TEXT = f"""\
version: 6
environments:
  default:
    channels:
    - url: https://conda.anaconda.org/conda-forge/
    packages:
      linux-64:
      - conda: {FORGE}
      - conda: {OWN}
packages:
- conda: {FORGE}
  depends: []
  purls: ["pkg:pypi/decided-by-pixi"]
- conda: {OWN}
  depends: []
  purls: ["pkg:pypi/stated-by-the-channel"]
"""


def test_names_that_pixi_decided_do_not_bind_us(tmp_path: Path) -> None:
    path = tmp_path / "pixi.lock"
    path.write_text(TEXT)
    records = {record.name: record for record in PixiLock(path).packages("default", "linux-64").records}
    assert records["a"].purls is None
    assert records["b"].purls == ("pkg:pypi/stated-by-the-channel",)


@pytest.mark.parametrize("content", [b"", b"version: 99\n", b"\xff", b"version: 6\npackages: 1\n"])
def test_what_cannot_be_read(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "pixi.lock"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"."):
        PixiLock(path)
    with pytest.raises(ValueError, match=r"."):
        PixiLock(tmp_path / "nowhere")
