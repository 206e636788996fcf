"""A resolution that does not answer its request is told, whatever is wrong with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from packaging.utils import canonicalize_name

from interlock.resolve.verify import violations
from interlock_hooks.types import (
    UNKNOWN_VERSION,
    Artifact,
    Metadata,
    PyPIPackage,
    PyPIRequest,
    PythonTarget,
    Resolution,
)
from unit.resolve.asking import LINUX, provided, requirement


def wheel(text: str, *requires: str, tag: str = "py3-none-any", **options: Any) -> PyPIPackage:
    """A package ``name version`` from a wheel of an index."""
    name, version = text.split()
    filename = f"{name.replace('-', '_')}-{version}-{tag}.whl"
    artifact = Artifact(kind="wheel", url=f"https://example.com/{filename}", filename=filename, sha256="0" * 64)
    return PyPIPackage(name=canonicalize_name(name), version=version, artifact=artifact, requires=requires, **options)


def tree(name: str, version: str = UNKNOWN_VERSION) -> PyPIPackage:
    artifact = Artifact(kind="directory", url=f"file:///srv/{name}")
    return PyPIPackage(name=canonicalize_name(name), version=version, artifact=artifact)


def told(
    *asked: str,
    packages: tuple[PyPIPackage, ...] = (),
    conda: tuple[str, ...] = (),
    metadata: tuple[Metadata, ...] = (),
    python: PythonTarget = LINUX,
    **options: Any,
) -> list[str]:
    """What is said about a resolution."""
    pins = tuple(map(provided, conda))
    request = PyPIRequest(
        environment="default",
        python=python,
        root="/srv",
        requirements=tuple(map(requirement, asked)),
        provided=pins,
        **options,
    )
    resolution = Resolution(python=python, packages=packages, provided=pins, metadata=metadata)
    found = violations(request, resolution)
    assert all(finding.code == "IL321" for finding in found)
    return [finding.what for finding in found]


def test_a_resolution_that_answers_its_request() -> None:
    packages = (
        wheel("app 2.0rc1", "lib[fast]<3", "numpy>=2", extras=("x",)),
        wheel("lib 2.0+cu124", "fast", tag="cp312-cp312-manylinux_2_28_x86_64", extras=("fast",)),
        wheel("fast 1.0", tag="cp39-abi3-manylinux2014_x86_64"),
        tree("ours"),
    )
    asked = ("app[x]>=1", "never; sys_platform == 'win32'", "ours @ file:///srv/ours", "lib==2.0")
    assert told(*asked, packages=packages, conda=("numpy 2.1.3",), constraints=("lib<3", "absent<1")) == []


def test_a_reference_is_met_by_what_lies_at_its_address() -> None:
    found = wheel("lib 1.0+cu1")
    escaped = replace(found, artifact=replace(found.artifact, url=found.artifact.url.replace("+", "%2B")))
    asked = f"lib @ {found.artifact.url}"
    assert told(asked, packages=(escaped,)) == told(asked, packages=(found,)) == []
    elsewhere = replace(found, artifact=replace(found.artifact, url=found.artifact.url.replace("example.com", "h.com")))
    assert len(told(asked, packages=(elsewhere,))) == 1


def test_nothing_at_all_is_no_answer() -> None:
    assert told("small", "other>=1; python_version < '3.13'") == [
        "the project requires small, but the resolution does not have it",
        'the project requires other>=1; python_version < "3.13", but the resolution does not have it',
    ]


@pytest.mark.parametrize(
    ("asked", "package", "what"),
    [
        ("app>=2", wheel("app 1.0"), "the project requires app>=2, but the resolution has version 1.0"),
        ("app", wheel("app 1.0", "gone"), "app 1.0 requires gone, but the resolution does not have it"),
        ("app", wheel("app 1.0", "numpy<2"), "app 1.0 requires numpy<2, but the resolution has version 2.1.3"),
        ("app[x]", wheel("app 1.0"), "the project requires app[x], but the resolution has version 1.0"),
        ("app", wheel("app 1.0", tag="cp313-cp313-manylinux_2_28_x86_64"), "app-1.0-cp313-cp313-manylinux_2_28_x86_64"),
        ("app", wheel("app 1.0", tag="cp312-cp312-manylinux_2_39_x86_64"), "app-1.0-cp312-cp312-manylinux_2_39_x86_64"),
        ("app", wheel("app 1.0", tag="cp312-cp312-macosx_11_0_arm64"), "app-1.0-cp312-cp312-macosx_11_0_arm64"),
        ("numpy", wheel("numpy 2.2"), "the resolution has numpy 2.2, although conda supplies numpy"),
        ("app @ https://example.com/b/app-1.0-py3-none-any.whl", wheel("app 1.0"), "but the resolution has it from"),
        ("app @ git+https://example.com/app", wheel("app 1.0"), "but the resolution has it from"),
        ("app @ file:///srv/app", wheel("app 1.0"), "but the resolution has it from"),
    ],
)
def test_each_violation_is_named(asked: str, package: PyPIPackage, what: str) -> None:
    (found,) = told(asked, packages=(package,), conda=("numpy 2.1.3",))
    assert what in found


def test_a_wheel_of_another_package_or_version() -> None:
    package = wheel("app 1.0")
    assert told("app", packages=(replace(package, version="1.1"),)) != []
    other = replace(package.artifact, filename="lib-1.0-py3-none-any.whl")
    assert told("app", packages=(replace(package, artifact=other),)) != []


def test_what_conda_supplies_stays_as_it_is() -> None:
    pins = (provided("numpy 2.1.3"),)
    request = PyPIRequest(environment="default", python=LINUX, root="/srv", requirements=(), provided=pins)
    other = Resolution(python=LINUX, provided=(provided("numpy 2.2"),))
    assert [each.what for each in violations(request, other)] == ["the resolution changes what conda supplies"]


def test_constraints_hold_for_what_is_there() -> None:
    assert told("app", packages=(wheel("app 2.0"),), constraints=("app<2",)) == [
        "the resolution has app 2.0, outside of the constraint app<2"
    ]
    assert told("app", packages=(wheel("app 2.0"),), constraints=("app<2; sys_platform == 'win32'",)) == []


def test_overrides_count_in_place_of_requirements() -> None:
    packages = (wheel("app 1.0", "lib<2"), wheel("lib 2.0"))
    assert told("app", "lib<2", packages=packages, overrides=("lib>=2",)) == []
    assert told("app", packages=packages, overrides=("lib>=3",)) == [
        "app 1.0 requires lib>=3, but the resolution has version 2.0"
    ]


def test_extras_of_what_conda_supplies_count() -> None:
    known = Metadata(
        name=canonicalize_name("dsh"),
        version="4.3",
        requires_dist=("always", "sel>=4; extra == 'testing'"),
        provides_extra=("testing",),
        origin="conda",
    )
    packages = (wheel("app 1.0", "dsh[testing]"),)
    lacking = ['dsh requires sel>=4; extra == "testing", but the resolution does not have it']
    for metadata, said in (((known,), lacking), ((), [])):
        pins = (provided("dsh 4.3"),)
        request = PyPIRequest(
            environment="default",
            python=LINUX,
            root="/srv",
            requirements=(requirement("app"),),
            provided=pins,
            metadata=metadata,
        )
        resolution = Resolution(python=LINUX, packages=packages, provided=pins)
        assert [finding.what for finding in violations(request, resolution)] == said


def test_what_is_known_of_a_package_counts() -> None:
    """The resolver tells only what it took up; a backend, or the manifest, tells all."""
    known = Metadata(
        name=canonicalize_name("ours"),
        version="1.0",
        requires_dist=("small", "fast; extra == 'speed'"),
        requires_python=">=3.13",
        origin="backend",
    )
    package = replace(tree("ours", "1.0"), extras=("speed",))
    assert told("ours", packages=(package,), metadata=(replace(known, requires_dist=(), requires_python="?"),)) == []
    assert told("ours[speed]", packages=(package,), metadata=(known,)) == [
        "ours 1.0 requires small, but the resolution does not have it",
        'ours 1.0 requires fast; extra == "speed", but the resolution does not have it',
        "ours 1.0 requires Python >=3.13, but the interpreter is Python 3.12.7",
    ]
