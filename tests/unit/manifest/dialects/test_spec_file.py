from __future__ import annotations

import pytest

from interlock.core.platforms import current_platform
from manifest.conftest import Room, line

FORGE, MAIN = "https://conda.anaconda.org/conda-forge", "https://repo.anaconda.com/pkgs/main"
MD5, SHA = "0" * 32, "1" * 64


def test_explicit_files_name_exactly_these_packages(room: Room) -> None:
    text = f"""\
# platform: osx-arm64
@EXPLICIT
{FORGE}/noarch/tz_data-2024-h0_0.conda#{MD5}

{FORGE}/osx-arm64/zlib-ng-1.2-0.tar.bz2#sha256:{SHA}
{MAIN}/osx-arm64/xz-5.2-0.conda
"""
    workspace = room.load(text, "spec.txt")
    assert workspace.platforms == ("osx-arm64",)
    found = workspace.request(platform="osx-arm64")
    assert [(spec.name, spec.where.line) for spec in found.conda_specs if spec.where] == [
        ("tz_data", 3),
        ("zlib-ng", 5),
        ("xz", 6),
    ]
    first, second, third = (spec.spec for spec in found.conda_specs)
    assert f'url="{FORGE}/noarch/tz_data-2024-h0_0.conda"' in first
    assert MD5 in first
    assert SHA in second
    assert "md5" not in third
    assert found.channels == (FORGE, MAIN)
    assert found.channel_priority == "flexible"


def test_other_spec_files_have_a_match_spec_on_each_line(room: Room) -> None:
    found = room.load("python\n# comment\nscipy=1.13.1\ntk[build=h5_1]\n", "linux.txt").request()
    assert [spec.spec for spec in found.conda_specs] == ["python", "scipy 1.13.1.*", 'tk[build="h5_1"]']
    assert (found.platform, found.channels) == (current_platform(), ("conda-forge",))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"@EXPLICIT\n{FORGE}/noarch/a-1-0.zip\n", "IL110"),
        (f"@EXPLICIT\n{FORGE}/noarch/a-1-0.conda#xyz\n", "IL110"),
        ("@EXPLICIT\nnumpy\n", "IL110"),
        ("numpy\na => 3\n", "IL110"),
        ("numpy\n-e .\n", "IL110"),
    ],
)
def test_lines_that_are_not_packages(room: Room, text: str, code: str) -> None:
    found = room.error(text, "spec.txt")
    assert (found.code, line(found)) == (code, 2)


def test_a_package_can_only_be_there_once(room: Room) -> None:
    text = f"@EXPLICIT\n{FORGE}/noarch/a-1-0.conda\n{FORGE}/noarch/a-2-0.conda\n"
    found = room.error(text, "spec.txt")
    assert (found.code, line(found)) == ("IL116", 3)
