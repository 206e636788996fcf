"""Interpreters without the global lock (PEP 703), for which extension modules have an ABI of their own."""

from __future__ import annotations

from kit.project import Project


def test_wheels_are_chosen_for_the_build_of_python_that_conda_has(project: Project) -> None:
    for build in ("h0_0_cp313", "h0_0_cp313t"):
        project.channel.add("python", "3.13.1", build=build)
    for abi in ("cp313", "cp313t"):
        project.index.wheel("native", "1.0", tag=f"cp313-{abi}-manylinux_2_17_x86_64")
    project.index.wheel("stable", "2.0", tag="cp39-abi3-manylinux_2_17_x86_64")
    project.index.wheel("stable", "1.0")
    project.declare("native", "stable", conda={"python": {"version": "3.13.*", "build": "*_cp313t"}})
    project.make_lock().ok()
    assert project.locked() == {"native": "1.0", "stable": "1.0"}
    files = {block["name"]: block["artifact"]["filename"] for block in project.lock["pypi"]}
    assert files["native"] == "native-1.0-cp313-cp313t-manylinux_2_17_x86_64.whl"
    assert project.target() == {"version": "3.13.1", "platform": "linux-64", "glibc": "2.28", "free-threaded": True}
    project.run("env", "lock", "--check").ok()

    project.lock_file.unlink()
    project.declare("native", "stable", conda={"python": {"version": "3.13.*", "build": "*_cp313"}})
    project.make_lock().ok()
    assert project.locked() == {"native": "1.0", "stable": "2.0"}
    assert "free-threaded" not in project.target()


def test_a_source_is_built_where_no_wheel_has_the_abi(project: Project) -> None:
    # Of a platform other than this one no backend is asked, so that the interpreter need not be a real one.
    project.channel.add("python", "3.13.1", build="h0_0_cp313t", noarch="generic")
    project.index.wheel("native", "1.0", tag="cp313-cp313-macosx_11_0_arm64")
    project.index.wheel("native", "1.0", tag="cp311-abi3-macosx_11_0_arm64")
    project.index.sdist("native", "1.0")
    project.declare("native", conda={"python": "3.13.*"}, workspace={"platforms": ["osx-arm64"]})
    project.make_lock().ok()
    assert project.target("osx-arm64")["free-threaded"]
    assert project.plan("native", "osx-arm64")["mode"] == "isolated"
    assert [block["artifact"]["kind"] for block in project.lock["pypi"]] == ["sdist"]


def test_a_wheel_by_url_with_another_abi_is_refused(project: Project) -> None:
    project.channel.add("python", "3.13.1", build="h0_0_cp313t")
    wheel = project.index.wheel("native", "1.0", tag="cp313-cp313-linux_x86_64")
    project.declare(f"native @ {wheel.as_uri()}", conda={"python": "3.13.*"})
    finding = project.make_lock().failed(1, "IL313")
    assert finding["what"] == f"{wheel.name} does not fit Python 3.13.1 (free-threaded) on linux-64"
    assert not project.lock_file.exists()
