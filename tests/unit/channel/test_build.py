"""`build_channel` as a whole, on miniature wheels; the real ones are in test_nvcc.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rattler.exceptions import SolverError

from channel.installed import install
from channel.miniature import COMPONENTS, write_release
from interlock.channel import build_channel
from interlock_hooks.types import Event, InterlockError, StageFinished, StageProgress, StageStarted


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "channel"


def names(root: Path) -> set[str]:
    return {
        record["name"]
        for subdir in ("linux-64", "noarch")
        for record in json.loads((root / subdir / "repodata.json").read_text())["packages.conda"].values()
    }


def test_a_toolkit_is_built_indexed_and_installs(downloaded: Path, root: Path, tmp_path: Path) -> None:
    report = build_channel(root, python=False, cuda=["13.0", "13.1"], only=["cuda-nvcc"])
    assert len(report.built) == len(set(report.built)) > 40
    assert report.skipped == report.findings == ()
    assert {"cuda-version", "cuda-nvcc", "cuda-crt-tools"} <= names(root)
    prefix = tmp_path / "prefix"
    solved = install(root, prefix, "cuda-nvcc")
    assert solved["cuda-version"] == "13.1"
    assert (prefix / "bin/nvcc").stat().st_mode & 0o777 == 0o755
    assert (prefix / "bin/nvcc.profile").read_text().startswith("TOP              = $(_HERE_)/../targets")
    target = prefix / "targets/x86_64-linux"
    for below in ("nvvm/bin/cicc", "bin/ptxas", "bin/crt/link.stub", "lib/libcudart.so", "include/crt/host_config.h"):
        assert (target / below).is_file(), below
    for below in ("include/nv/target", "lib/stubs/libcuda.so", "lib/cmake/cccl/cccl-config.cmake"):
        assert (target / below).is_file(), below
    assert (prefix / "lib/libcudart.so").resolve() == target / "lib/libcudart.so.13"
    assert (prefix / "etc/conda/activate.d/~cuda-nvcc_activate.sh").is_file()


@pytest.mark.parametrize(("spec", "version"), [("cuda-version=13.0", "13.0.7"), ("cuda-version>13.0", "13.1.7")])
def test_cuda_version_chooses_the_compiler(
    downloaded: Path, root: Path, tmp_path: Path, spec: str, version: str
) -> None:
    build_channel(root, python=False, cuda=["13.0", "13.1"], only=["cuda-nvcc"])
    assert install(root, tmp_path / "prefix", "cuda-nvcc", spec)["cuda-nvcc"] == version


def test_an_older_driver_refuses_the_toolkit(downloaded: Path, root: Path, tmp_path: Path) -> None:
    build_channel(root, python=False, cuda=["13.0"], only=["cuda-nvcc"])
    with pytest.raises(SolverError):
        install(root, tmp_path / "prefix", "cuda-nvcc", cuda="12.8")


def test_a_second_run_builds_nothing_and_needs_no_index(index: Path, root: Path) -> None:
    first = build_channel(root, python=False, cuda=["13.0"], only=["cuda-nvcc"])
    for wheel in index.iterdir():
        wheel.unlink()
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*.conda")}
    second = build_channel(root, python=False, cuda=["13.0"], only=["cuda-nvcc"])
    assert (second.built, sorted(second.skipped)) == ((), sorted(first.built))
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*.conda")} == before


def test_only_what_is_missing_is_built(downloaded: Path, root: Path) -> None:
    first = build_channel(root, python=False, cuda=["13.0"], only=["cuda-nvcc"])
    gone = [path for path in first.built if "cuda-crt-tools" in path]
    for path in gone:
        (root / path).unlink()
    again = build_channel(root, python=False, cuda=["13.0", "13.1"], only=["cuda-nvcc"])
    assert [path for path in again.built if path in first.built] == gone
    assert len(again.built) == len(first.built) + 1


def test_an_interrupted_run_keeps_whole_packages_and_the_next_one_finishes(
    downloaded: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(event: Event) -> None:
        if isinstance(event, StageProgress) and event.done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_channel(root, python=False, cuda=["13.0"], only=["cuda-nvcc"], report=interrupt)
    assert list((root / ".interlock").glob("build-*")) == []
    assert len(list(root.rglob("*.conda"))) == 5
    report = build_channel(root, python=False, cuda=["13.0"], only=["cuda-nvcc"])
    assert len(report.skipped) == 5
    assert "cuda-nvcc" in names(root)


def test_a_failure_leaves_a_new_channel_valid(downloaded: Path, root: Path) -> None:
    write_release(downloaded, "13.0", {**COMPONENTS, "nvidia-nvvm": {"include/nvvm.h": "no cicc"}})
    with pytest.raises(InterlockError):
        build_channel(root, python=False, cuda=["13.0"], only=["cuda-nvvm"])
    assert names(root) == set()


def test_a_failure_leaves_the_earlier_channel_valid(downloaded: Path, root: Path) -> None:
    build_channel(root, python=False, cuda=["13.0"], only=["cuda-nvcc"])
    before = names(root)
    write_release(downloaded, "13.1", {**COMPONENTS, "nvidia-nvvm": {"include/nvvm.h": "no cicc"}})
    with pytest.raises(InterlockError) as caught:
        build_channel(root, python=False, cuda=["13.1"], only=["cuda-nvcc"])
    assert caught.value.findings[0].code == "IL708"
    assert names(root) == before


def test_progress_tells_the_start_every_package_and_the_end(downloaded: Path, root: Path) -> None:
    events: list[Event] = []
    report = build_channel(root, python=False, cuda=["13.0"], only=["cuda-crt"], report=events.append)
    assert isinstance(events[0], StageStarted)
    assert isinstance(events[-1], StageFinished)
    steps = [event for event in events if isinstance(event, StageProgress) and event.done]
    assert [step.done for step in steps] == list(range(1, len(report.built) + 1))
    assert {step.total for step in steps} == {len(report.built)}
    assert steps[0].item == "cuda-version 13.0"


def test_minor_versions_named_twice_are_built_once(downloaded: Path, root: Path) -> None:
    report = build_channel(root, python=False, cuda=["13.0", "13.0"], only=["cuda-version"])
    assert [path.partition("/")[0] for path in report.built] == ["noarch"]


@pytest.mark.parametrize(("cuda", "code"), [(["12.4"], "IL703"), (["13.7"], "IL703"), (["13.0", "abc"], "IL703")])
def test_versions_that_cannot_be_made_are_refused(index: Path, root: Path, cuda: list[str], code: str) -> None:
    with pytest.raises(InterlockError) as caught:
        build_channel(root, python=False, cuda=cuda, only=["cuda-version"])
    assert caught.value.findings[0].code == code


def test_a_bad_request_is_refused_before_anything_is_written(root: Path) -> None:
    with pytest.raises(InterlockError) as caught:
        build_channel(root, python=False, cuda=["13.0"], only=["cuda-ncvv"])
    assert caught.value.findings[0].code == "IL712"
    assert not root.exists()


def test_other_platforms_are_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interlock.channel.build.current_platform", lambda: "linux-aarch64")
    with pytest.raises(InterlockError) as caught:
        build_channel(root, python=True, cuda=[])
    assert caught.value.findings[0].code == "IL710"


def test_a_directory_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InterlockError) as caught:
        build_channel(tmp_path / "file" / "channel", python=False, cuda=[])
    assert caught.value.findings[0].code == "IL702"


def test_an_empty_request_makes_an_empty_channel(root: Path) -> None:
    report = build_channel(root, python=False, cuda=[])
    assert report.built == ()
    assert names(root) == set()
    assert report.url == root.as_uri()
