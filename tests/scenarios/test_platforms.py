"""Several platforms for one kind of machine, and locks for machines that are not there."""

from __future__ import annotations

import pytest

from kit.project import PYTHON, Project

pytestmark = pytest.mark.scenario

CUDA = "CONDA_OVERRIDE_CUDA"


@pytest.fixture
def accelerated(project: Project) -> Project:
    """What calculates is made for machines with and without CUDA, each a platform of its own."""
    project.channel.add("engine", "1.0")
    project.channel.add("engine", "2.0", depends=["__cuda >=12"])
    project.channel.add("only-gpu", "1.0")
    platforms = [{"name": "gpu", "platform": "linux-64", "cuda": "12.4"}, "linux-64"]
    targets = '[tool.pixi.target."gp*".dependencies]\nonly-gpu = "*"\n'
    project.declare(conda={"engine": "*"}, workspace={"platforms": platforms}, extra=targets)
    return project


def installed(project: Project) -> dict[str, str]:
    """The conda packages in the prefix, without the interpreter."""
    return {name: version for name, version in project.conda_versions().items() if name != "python"}


def test_each_platform_is_locked_and_the_first_that_fits_is_installed(accelerated: Project) -> None:
    accelerated.install(variables={CUDA: "12.6"}).ok()
    assert list(accelerated.lock["environments"]["default"]["platforms"]) == ["gpu", "linux-64"]
    assert installed(accelerated) == {"engine": "2.0", "only-gpu": "1.0"}
    accelerated.install(variables={CUDA: "11.8"}).ok()
    assert installed(accelerated) == {"engine": "1.0"}
    # One that is chosen stays, for programs and for the next install.
    accelerated.install("--platform", "gpu", variables={CUDA: "11.8"}).ok()
    assert not accelerated.install(variables={CUDA: "11.8"}).ok().json["changed"]
    assert installed(accelerated) == {"engine": "2.0", "only-gpu": "1.0"}
    listed = accelerated.run("env", "list", "--json").ok().json["packages"]
    assert {each["name"]: each["version"] for each in listed} == accelerated.conda_versions()
    accelerated.install("--platform", "linux-64", variables={CUDA: "11.8"}).ok()
    assert installed(accelerated) == {"engine": "1.0"}


def test_a_machine_that_fits_none_is_told_what_it_lacks(accelerated: Project) -> None:
    platforms = [
        {"name": "gpu", "platform": "linux-64", "cuda": "12.4"},
        {"name": "new", "platform": "linux-64", "glibc": "9.9"},
    ]
    accelerated.declare(conda={"engine": "*"}, workspace={"platforms": platforms})
    found = accelerated.install(variables={CUDA: ""}).failed(1, "IL694")
    assert "gpu asks for __cuda 12.4 (here: none)" in found["why"]
    assert "new asks for __glibc 9.9" in found["why"]
    accelerated.install("--platform", "osx-64").failed(2, "IL115")


EVERYWHERE = {
    "linux-64": "manylinux_2_28_x86_64",
    "linux-aarch64": "manylinux_2_28_aarch64",
    "osx-64": "macosx_11_0_x86_64",
    "osx-arm64": "macosx_11_0_arm64",
    "win-64": "win_amd64",
}


def test_one_machine_locks_for_all(project: Project) -> None:
    """Each platform has packages of its own, in both ecosystems; nothing of them is installed here."""
    for platform, tag in EVERYWHERE.items():
        if platform != "linux-64":
            project.channel.add("python", f"{PYTHON}.1", platform=platform)
        project.channel.add("native", "1.0" if platform.startswith("win") else "2.0", platform=platform)
        project.index.wheel("compiled", "1.0", tag=f"py3-none-{tag}", requires=["winonly; sys_platform == 'win32'"])
    project.channel.add("native-tool", "1.0", noarch="generic", depends=["__osx >=11"])
    project.index.wheel("winonly", "1.0")
    macos = '[tool.pixi.target.macos.dependencies]\nnative-tool = "*"\n'
    project.declare("compiled", conda={"native": "*"}, workspace={"platforms": list(EVERYWHERE)}, extra=macos)
    assert project.make_lock().ok().findings == []
    platforms = project.lock["environments"]["default"]["platforms"]
    assert platforms.keys() == EVERYWHERE.keys()
    for platform, tag in EVERYWHERE.items():
        packages = platforms[platform]["resolution"]["packages"]
        windows = platform == "win-64"
        assert packages == [f"compiled-1.0-py3-none-{tag}.whl", *(["winonly-1.0-py3-none-any.whl"] if windows else [])]
        records = platforms[platform]["conda"]["records"]
        assert any(label.startswith(f"{platform}/native-{'1.0' if windows else '2.0'}-") for label in records)
        assert any("native-tool" in label for label in records) == platform.startswith("osx")
    project.run("env", "lock", "--check").ok()
    project.install().ok()
    assert project.versions() == {"compiled": "1.0"}


SIDE_BY_SIDE = """
[tool.pixi.feature.test.dependencies]
native = "1.*"

[tool.pixi.feature.test.pypi-dependencies]
tester = "*"

[tool.pixi.environments]
test = ["test"]

[tool.interlock.build]
jobs = {jobs}
"""


def test_solves_side_by_side_lock_what_they_lock_one_after_the_other(project: Project) -> None:
    """Two environments on two platforms; what a backend says is known on this one, and taken over on the other."""
    project.channel.add("python", f"{PYTHON}.1", platform="osx-arm64")
    for platform in ("linux-64", "osx-arm64"):
        for version in ("1.0", "2.0"):
            project.channel.add("native", version, platform=platform)
    project.index.wheel("helper", "1.0")
    project.index.wheel("tester", "1.0", requires=["helper"])
    project.index.sdist("asked", "1.0", requires=["helper"], dynamic=True)

    def lock(jobs: int) -> bytes:
        platforms = {"platforms": ["osx-arm64", "linux-64"]}
        extra = SIDE_BY_SIDE.format(jobs=jobs)
        project.declare("asked", conda={"native": "*"}, workspace=platforms, extra=extra)
        project.lock_file.unlink(missing_ok=True)
        assert project.make_lock().ok().findings == []
        return project.lock_file.read_bytes()

    together = lock(jobs=4)
    assert together == lock(jobs=1)
    environments = project.lock["environments"]
    assert {(name, platform) for name, each in environments.items() for platform in each["platforms"]} == {
        (name, platform) for name in ("default", "test") for platform in ("linux-64", "osx-arm64")
    }
    assert "helper" in str(environments["default"]["platforms"]["osx-arm64"]["resolution"]["packages"])
