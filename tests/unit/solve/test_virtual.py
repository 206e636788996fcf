from __future__ import annotations

import pytest

from interlock.solve.virtual import known_virtual_packages, lacking, machine_packages, merge_virtual_packages
from interlock_hooks.types import InterlockError, Location, SystemRequirement, VirtualPackage

HERE = Location(file="pixi.toml", line=9, key="system-requirements.cuda")
DETECTED = [
    VirtualPackage(name="__cuda", version="13.0", origin="detected"),
    VirtualPackage(name="__glibc", version="2.41", origin="detected"),
    VirtualPackage(name="__archspec", version="1", build="zen5", origin="detected"),
]


def merged(request, variables=None, current="linux-64", extra=()) -> dict[str, tuple[str, str]]:
    known = known_virtual_packages(request, variables or {}, current, lambda: DETECTED)
    return {
        package.name: (package.version if package.build == "0" else package.build, package.origin)
        for package in merge_virtual_packages(request, [*extra, *known])
    }


def needs(name: str, version: str) -> SystemRequirement:
    return SystemRequirement(name=name, version=version, where=HERE)


def test_only_the_gpu_is_detected(ask) -> None:
    assert merged(ask()) == {
        "__archspec": ("x86_64", "default"),
        "__cuda": ("13.0", "detected"),
        "__glibc": ("2.28", "default"),
        "__linux": ("4.18", "default"),
        "__unix": ("0", "default"),
    }


def test_a_declared_target_is_not_this_machine(ask) -> None:
    found = merged(ask(system_requirements=(needs("__glibc", "2.31"),)))
    assert found["__glibc"] == ("2.31", "declared")
    assert "__cuda" not in found


def test_another_platform_is_not_this_machine(ask) -> None:
    assert merged(ask(platform="linux-aarch64")) == {
        "__archspec": ("aarch64", "default"),
        "__glibc": ("2.28", "default"),
        "__linux": ("4.18", "default"),
        "__unix": ("0", "default"),
    }
    mac = merged(ask(platform="osx-arm64"))
    assert mac["__osx"] == ("13.0", "default")
    assert mac["__archspec"] == ("m1", "default")
    assert "__glibc" not in mac
    assert set(merged(ask(platform="win-64"))) == {"__archspec", "__win"}


def test_detection_is_not_run_when_it_does_not_matter(ask) -> None:
    def never() -> list[VirtualPackage]:
        pytest.fail("asked the driver")

    known_virtual_packages(ask(system_requirements=(needs("__cuda", "12"),)), {}, "linux-64", never)
    known_virtual_packages(ask(), {"CONDA_OVERRIDE_CUDA": "12"}, "linux-64", never)
    known_virtual_packages(ask(), {}, "osx-arm64", never)


def test_precedence(ask) -> None:
    plugin = VirtualPackage(name="__cuda", version="11", origin="plugin")
    own = VirtualPackage(name="__mpi", version="4", origin="plugin")
    override = {"CONDA_OVERRIDE_CUDA": "12.1"}
    declared = ask(system_requirements=(needs("__cuda", "12.4"),))
    assert merged(declared, override, extra=[plugin])["__cuda"] == ("12.4", "declared")
    assert merged(ask(), override, extra=[plugin])["__cuda"] == ("12.1", "override")
    assert merged(ask(), extra=[plugin])["__cuda"] == ("11", "plugin")
    assert merged(ask(), extra=[own])["__mpi"] == ("4", "plugin")


def test_overrides(ask) -> None:
    variables = {
        "CONDA_OVERRIDE_GLIBC": "2.17",
        "CONDA_OVERRIDE_LINUX": "5.10",
        "CONDA_OVERRIDE_OSX": "14.1",
        "CONDA_OVERRIDE_ARCHSPEC": "x86_64_v3",
    }
    found = merged(ask(), variables)
    assert found["__glibc"] == ("2.17", "override")
    assert found["__linux"] == ("5.10", "override")
    assert found["__archspec"] == ("x86_64_v3", "override")
    assert "__osx" not in found
    assert merged(ask(platform="osx-64"), variables)["__osx"] == ("14.1", "override")


def test_an_empty_override_takes_away(ask) -> None:
    assert "__cuda" not in merged(ask(), {"CONDA_OVERRIDE_CUDA": ""})


def test_declarations_for_other_systems_do_not_matter(ask) -> None:
    request = ask(system_requirements=(needs("__osx", "14.0"), needs("__archspec", "x86_64_v3")))
    found = merged(request)
    assert "__osx" not in found
    assert found["__archspec"] == ("x86_64_v3", "declared")


@pytest.mark.parametrize(("name", "value"), [("__cuda", "12.x"), ("__glibc", ">=2"), ("__archspec", "not a cpu")])
def test_a_bad_declaration_says_where(ask, name: str, value: str) -> None:
    with pytest.raises(InterlockError) as caught:
        merged(ask(system_requirements=(needs(name, value),)))
    (finding,) = caught.value.findings
    assert finding.code == "IL212"
    assert finding.where == HERE
    assert value in finding.what


def test_a_bad_override_is_named(ask) -> None:
    with pytest.raises(InterlockError) as caught:
        merged(ask(), {"CONDA_OVERRIDE_CUDA": "yes"})
    assert "CONDA_OVERRIDE_CUDA" in caught.value.findings[0].what


def test_the_architecture_of_the_gpu_can_be_overridden_and_declared(ask) -> None:
    found = merged(ask(), {"CONDA_OVERRIDE_CUDA_ARCH": "9.0"})
    assert found["__cuda_arch"] == ("9.0", "override")
    found = merged(ask(system_requirements=(needs("__cuda_arch", "8.6"),)), {"CONDA_OVERRIDE_CUDA_ARCH": "9.0"})
    assert found["__cuda_arch"] == ("8.6", "declared")


def test_what_a_machine_lacks() -> None:
    machine = machine_packages({"CONDA_OVERRIDE_CUDA": "12.4"}, lambda: DETECTED)
    met = [needs("__cuda", "12"), needs("__cuda", "12.4"), needs("__glibc", "2.28"), needs("__archspec", "zen5")]
    assert lacking(machine, "linux-64", [*met, needs("__archspec", "x86_64")]) == ()
    unmet = (needs("__cuda", "12.10"), needs("__glibc", "2.42"), needs("__archspec", "x86_64_v4"), needs("__mpi", "4"))
    assert lacking(machine, "linux-64", [*met, *unmet]) == unmet
    without = machine_packages({"CONDA_OVERRIDE_CUDA": ""}, lambda: DETECTED)
    assert lacking(without, "linux-64", [needs("__cuda", "1")]) == (needs("__cuda", "1"),)


def test_a_machine_lacks_the_processors_of_other_platforms() -> None:
    machine = machine_packages({}, lambda: DETECTED)
    others = (needs("__archspec", "m1"), needs("__archspec", "aarch64"))
    assert lacking(machine, "linux-64", others) == others
