from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channel.miniature import COMPONENTS, write_wheel
from interlock.channel.staging import Wheel, select, stage
from interlock.channel.toolkit import FileRule, PackageSpec
from interlock_hooks.types import InterlockError

NAMES = ["include/a.h", "include/crt/b.h", "include/crt/deep/c.h", "lib/libx.so.13", "lib/libx_static.a", "bin/nvcc"]


@pytest.mark.parametrize(
    ("glob", "expected"),
    [
        ("include/*", {"include/a.h": "a.h"}),
        ("include/**", {"include/a.h": "a.h", "include/crt/b.h": "crt/b.h", "include/crt/deep/c.h": "crt/deep/c.h"}),
        ("include/crt/**", {"include/crt/b.h": "b.h", "include/crt/deep/c.h": "deep/c.h"}),
        ("include/*/b.h", {"include/crt/b.h": "crt/b.h"}),
        ("lib/*.so.*", {"lib/libx.so.13": "libx.so.13"}),
        ("bin/nvcc", {"bin/nvcc": "nvcc"}),
        ("lib/libx.so", {}),
        ("lib/libx?so.13", {}),  # only stars are special
    ],
)
def test_a_glob_selects_files_and_keeps_their_path_below_its_fixed_directory(
    glob: str, expected: dict[str, str]
) -> None:
    assert select(NAMES, [glob]) == expected


@given(st.lists(st.text("abc+._", min_size=1), min_size=1, max_size=4).map("/".join))
def test_a_path_without_stars_matches_only_itself(path: str) -> None:
    assert set(select([path, f"{path}x", f"x{path}", path.replace(".", "x") + "/"], [path])) == {path}


@pytest.fixture
def runtime(tmp_path: Path) -> Wheel:
    return Wheel(write_wheel(tmp_path, "nvidia-cuda-runtime", "13.0.7", COMPONENTS["nvidia-cuda-runtime"]))


def test_libraries_lie_in_the_target_and_are_reached_from_lib(runtime: Wheel, tmp_path: Path) -> None:
    spec = PackageSpec(name="cuda-cudart", summary="", libraries=("lib/libcudart.so.*",))
    stage(spec, runtime, tmp_path / "tree")
    assert (tmp_path / "tree/lib/libcudart.so.13").read_text() == "libcudart"
    assert (tmp_path / "tree/lib/libcudart.so.13").readlink() == Path("../targets/x86_64-linux/lib/libcudart.so.13")


def test_development_links_lead_to_the_runtime_library_of_another_package(runtime: Wheel, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    stage(PackageSpec(name="dev", summary="", development=("lib/libcudart.so.*",)), runtime, tree)
    assert [p for p in tree.rglob("*") if p.is_file()] == []
    stage(PackageSpec(name="run", summary="", libraries=("lib/libcudart.so.*",)), runtime, tree)
    assert (tree / "lib/libcudart.so").resolve() == tree / "targets/x86_64-linux/lib/libcudart.so.13"


def test_programs_can_be_run_by_everyone(tmp_path: Path) -> None:
    wheel = Wheel(write_wheel(tmp_path, "nvidia-cuda-nvcc", "13.0.7", COMPONENTS["nvidia-cuda-nvcc"]))
    spec = PackageSpec(name="nvcc", summary="", files=(FileRule(("bin/nvcc", "include/**"), "."),))
    stage(spec, wheel, tmp_path / "tree")
    assert (tmp_path / "tree/nvcc").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "tree/fatbinary_section.h").stat().st_mode & 0o777 == 0o644


def test_a_rule_is_satisfied_by_one_of_its_globs_and_refused_without_any(runtime: Wheel, tmp_path: Path) -> None:
    rule = FileRule(("lib/cmake/**", "include/cuda.h"), "include")
    stage(PackageSpec(name="x", summary="", files=(rule,)), runtime, tmp_path / "tree")
    assert [p.name for p in (tmp_path / "tree/include").iterdir()] == ["cuda.h"]
    with pytest.raises(InterlockError) as caught:
        stage(PackageSpec(name="x", summary="", files=(FileRule(("no/*",), "include"),)), runtime, tmp_path / "other")
    assert caught.value.findings[0].code == "IL708"
    assert "no/*" in caught.value.findings[0].what


@pytest.mark.parametrize(
    "use",
    [
        lambda wheel, folder: wheel.extract({"lib/libnvvm.so.4": folder / "out"}),
        lambda wheel, folder: wheel.read("lib/libnvvm.so.4"),
    ],
    ids=["extracted", "read"],
)
def test_a_damaged_wheel_is_removed_from_the_cache(tmp_path: Path, use: Callable[[Wheel, Path], object]) -> None:
    wheel = write_wheel(tmp_path, "nvidia-nvvm", "13.0.7", {"lib/libnvvm.so.4": "x" * 1000})
    content = bytearray(wheel.read_bytes())
    content[200] ^= 0xFF  # inside of the first file, whose checksum no longer holds
    wheel.write_bytes(content)
    opened = Wheel(wheel)
    with pytest.raises(InterlockError) as caught:
        use(opened, tmp_path)
    assert caught.value.findings[0].code == "IL704"
    assert not wheel.exists()


def test_a_file_that_is_no_wheel_is_removed_from_the_cache(tmp_path: Path) -> None:
    wheel = tmp_path / "nvidia_nvvm-13.0.7-py3-none-any.whl"
    wheel.write_text("cut short")
    with pytest.raises(InterlockError):
        Wheel(wheel)
    assert not wheel.exists()


def test_license_texts_are_found(runtime: Wheel, tmp_path: Path) -> None:
    assert [path.read_text() for path in runtime.licenses(tmp_path / "licenses")] == ["the license"]
