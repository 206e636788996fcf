from __future__ import annotations

from pathlib import Path

import pytest

from channel.miniature import write_wheel
from interlock.channel.wheels import DOWNLOADING, WheelCache, explain, minors
from interlock_hooks.types import InterlockError


def test_the_newest_wheel_that_matches_is_found(tmp_path: Path) -> None:
    for version in ("13.0.2", "13.0.10", "13.1.0", "12.9.9"):
        write_wheel(tmp_path, "cuda-toolkit", version, {})
    write_wheel(tmp_path, "cuda-toolkit-extra", "13.0.99", {})
    cache = WheelCache(tmp_path, lambda _: None)
    assert cache.find("cuda-toolkit", "13.0.*") == next(tmp_path.glob("cuda_toolkit-13.0.10-*"))
    assert cache.find("cuda-toolkit", "13.0.2") == next(tmp_path.glob("cuda_toolkit-13.0.2-*"))
    assert cache.find("cuda-toolkit", "13.4.*") is None


def test_wheels_are_fetched_once(index: Path, tmp_path: Path) -> None:
    cache = WheelCache(tmp_path / "cache", lambda _: None)
    wanted = {"cuda-toolkit": "13.0.*", "nvidia-nvvm": "13.1.7"}
    first = cache.get(wanted)
    assert [path.parent for path in first.values()] == [tmp_path / "cache"] * 2
    for wheel in index.iterdir():
        wheel.unlink()
    assert cache.get(wanted) == first
    assert [path.name for path in (tmp_path / "cache").iterdir() if path.suffix != ".whl"] == []


def test_a_cuda_version_that_does_not_exist_is_answered_with_those_that_do(index: Path, tmp_path: Path) -> None:
    with pytest.raises(InterlockError) as caught:
        WheelCache(tmp_path / "cache", lambda _: None).get({"cuda-toolkit": "13.9.*"})
    finding = caught.value.findings[0]
    assert finding.code == "IL703"
    assert "13.9" in finding.what
    assert "13.0, 13.1" in finding.why


def test_an_index_that_answers_nothing_is_a_failed_download(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(InterlockError) as caught:
        WheelCache(tmp_path / "cache", lambda _: None).get({"cuda-toolkit": "13.0.*"})
    assert caught.value.findings[0].code == "IL704"
    assert any("cuda-toolkit" in line for line in caught.value.findings[0].details)


def test_a_missing_component_does_not_blame_the_cuda_version() -> None:
    error = explain(["nvidia-nvvm==13.0.7"], "ERROR: ... nvidia-nvvm==13.0.7 (from versions: 13.1.7)")
    assert isinstance(error, InterlockError)
    assert error.findings[0].code == "IL704"


def test_without_pip_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(InterlockError) as caught:
        WheelCache(tmp_path, lambda _: None).download(["x"])
    assert caught.value.findings[0].code == "IL701"
    assert "interlock[channel]" in caught.value.findings[0].fix


def test_usable_minor_versions_are_listed_oldest_first() -> None:
    assert minors("11.8.0, 12.9.1, 13.10.0, 13.0.0, 13.0.3.0, 13.2.1") == ["13.0", "13.2", "13.10"]


@pytest.mark.parametrize(
    ("line", "file", "size"),
    [
        (
            "Downloading nvidia_nvvm-13.0.88-py3-none-any.whl (61.6 MB)",
            "nvidia_nvvm-13.0.88-py3-none-any.whl",
            "61.6 MB",
        ),
        ("  Downloading https://host/a/b/x-1-py3-none-any.whl (2 kB)", "x-1-py3-none-any.whl", "2 kB"),
        ("Downloading x-1-py3-none-any.whl", "x-1-py3-none-any.whl", None),
        ("Downloading https://host/x-1-py3-none-any.whl#sha256=ab (2 kB)", "x-1-py3-none-any.whl", "2 kB"),
    ],
)
def test_progress_is_read_from_pips_log(line: str, file: str, size: str | None) -> None:
    match = DOWNLOADING.match(line)
    assert match is not None
    assert (match["file"], match["size"]) == (file, size)
