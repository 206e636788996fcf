from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channel.miniature import write_release
from interlock.channel.release import Release, check_minor, choose_pins, read_release
from interlock_hooks.types import InterlockError

LINUX = "(sys_platform == 'linux' and platform_machine == 'x86_64' or sys_platform == 'win32')"


def test_pins_are_read_from_the_extra_all_for_this_platform() -> None:
    pins = choose_pins(
        [
            f"nvidia-cuda-nvcc==13.0.88.*; {LINUX} and extra == 'all'",
            f"nvidia-nvjitlink<14,>=13.0.88; {LINUX} and extra == 'all'",
            "nvidia-cudla==13.0.1.*; platform_machine == 'aarch64' and extra == 'all'",
            f"nvidia-cuda-nvrtc==13.0.12.*; {LINUX} and extra == 'nvrtc'",
            "NVIDIA.cuda_cccl==13.3.5.0.6",
        ]
    )
    assert pins == {"nvidia-cuda-nvcc": "13.0.88", "nvidia-nvjitlink": "13.0.88", "nvidia-cuda-cccl": "13.3.5.0.6"}


def test_the_metapackage_gives_the_toolkits_own_version(tmp_path: Path) -> None:
    write_release(tmp_path, "13.1")
    release = read_release("13.1", next(tmp_path.glob("cuda_toolkit-*.whl")))
    assert (release.minor, release.version, release.pin("nvidia-cuda-nvcc")) == ("13.1", "13.1.3", "13.1.7")


def test_a_damaged_metapackage_is_removed(tmp_path: Path) -> None:
    wheel = tmp_path / "cuda_toolkit-13.0.3-py3-none-any.whl"
    wheel.write_bytes(b"PK")
    with pytest.raises(InterlockError) as caught:
        read_release("13.0", wheel)
    assert caught.value.findings[0].code == "IL704"
    assert not wheel.exists()


def test_a_component_that_a_release_lacks_is_named() -> None:
    with pytest.raises(InterlockError) as caught:
        Release("13.0", "13.0.3", {}).pin("nvidia-cuda-crt")
    assert caught.value.findings[0].code == "IL708"
    assert "nvidia-cuda-crt" in caught.value.findings[0].what


@given(st.integers(13, 99), st.integers(0, 20))
def test_the_next_minor_bounds_the_pin(major: int, minor: int) -> None:
    release = Release(check_minor(f"{major}.{minor}"), "1", {})
    assert release.templates == {"minor": f"{major}.{minor}", "next": f"{major}.{minor + 1}", "major": str(major)}


@pytest.mark.parametrize("version", ["12.8", "13", "13.0.3", "13.*", "", "cu130", "13.0 ", "-13.0"])
def test_other_spellings_and_older_releases_are_refused(version: str) -> None:
    with pytest.raises(InterlockError) as caught:
        check_minor(version)
    assert caught.value.findings[0].code == "IL703"


def test_the_fingerprint_changes_with_every_version() -> None:
    pins = {"a": "1", "b": "2"}
    base = Release("13.0", "13.0.3", pins).fingerprint
    assert base == Release("13.0", "13.0.3", dict(reversed(pins.items()))).fingerprint
    assert base != Release("13.0", "13.0.4", pins).fingerprint
    assert base != Release("13.0", "13.0.3", {**pins, "b": "3"}).fingerprint
