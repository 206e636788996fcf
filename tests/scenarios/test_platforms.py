"""Several platforms for one kind of machine, and locks for machines that are not there."""

from __future__ import annotations

import pytest

from kit.project import Project

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
    packages = project.run("env", "list", "--json").ok().json["packages"]
    return {each["name"]: each["version"] for each in packages if each["name"] != "python"}


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
