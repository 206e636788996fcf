from __future__ import annotations

import json

import pytest

from interlock.builds.provenance.envelope import enclosed, statement_in
from interlock.builds.provenance.statement import read_provenance, renamed, statement_of
from interlock_hooks.types import (
    Artifact,
    BuildMode,
    BuildOptions,
    BuildRequirement,
    BuiltWheel,
    EnvironmentRequest,
    PackageBuildOptions,
    PyPIPackage,
)
from unit.builds.conftest import make_environment, plan_for, sdist_package

ACCEPTED = {"key": "k", "circumstances": {}}


def made(wheel, plan, environment, source="s", **changes):
    return statement_of(wheel, plan, environment, source=source, internal=ACCEPTED, finished=1.0e9, **changes)


@pytest.fixture
def wheel(tmp_path) -> BuiltWheel:
    log = tmp_path / "demo.log"
    log.write_text("built\n")
    path = tmp_path / "demo-1.0-py3-none-any.whl"
    return BuiltWheel(
        name="demo", version="1.0", path=path, sha256="0" * 64, mode=BuildMode.ISOLATED, seconds=2, log=log
    )


def test_what_the_manifest_asks_for_is_told_apart_from_what_interlock_decides(wheel, tmp_path, prefix):
    options = PackageBuildOptions(
        name="demo",
        variables=(("FLAG", "1"), ("INDEX", "https://me:secret@host.example/simple")),
        requirements=(BuildRequirement(requirement="lib @ https://me:secret@host.example/lib.whl"),),
    )
    build = BuildOptions(packages=(options,))
    request = EnvironmentRequest(name="default", platform="linux-64", root=tmp_path, build=build)
    environment = make_environment(prefix, tmp_path, request=request)
    plan = plan_for(
        sdist_package(tmp_path, "demo"),
        variables=(*options.variables, ("TORCH_CUDA_ARCH_LIST", "9.0")),
        config_settings=(("from", ("https://host.example/x?token=secret",)),),
    )
    statement = made(wheel, plan, environment)
    definition = statement["predicate"]["buildDefinition"]
    public = {"FLAG": "1", "INDEX": "https://host.example/simple"}
    assert "secret" not in json.dumps(statement)
    assert definition["externalParameters"]["variables"] == public
    assert definition["externalParameters"]["requirements"] == ["lib @ https://host.example/lib.whl"]
    assert definition["internalParameters"]["variables"] == {**public, "TORCH_CUDA_ARCH_LIST": "9.0"}


@pytest.mark.parametrize(
    ("artifact", "identity", "descriptor"),
    [
        (
            Artifact(kind="git", url="https://me:secret@host.example/r", commit="c" * 40),
            "",
            {"uri": f"git+https://host.example/r@{'c' * 40}", "digest": {"gitCommit": "c" * 40}},
        ),
        (Artifact(kind="directory", url="./lib"), "tree:abc#sub", {"uri": "./lib", "digest": {"interlockTree": "abc"}}),
        (Artifact(kind="directory", url="./gone"), "./gone", {"uri": "./gone"}),
    ],
)
def test_a_source_is_known_by_its_content(wheel, environment, artifact, identity, descriptor):
    plan = plan_for(PyPIPackage(name="demo", version="1.0", artifact=artifact))
    definition = made(wheel, plan, environment, identity)["predicate"]["buildDefinition"]
    assert definition["externalParameters"]["source"] == descriptor


def test_a_renamed_wheel_keeps_the_built_one_as_a_by_product(wheel, environment, tmp_path):
    statement = made(wheel, plan_for(sdist_package(tmp_path, "demo")), environment)
    other = renamed(statement, "demo-1.0+cu128-py3-none-any.whl", "f" * 64)
    found = read_provenance(statement_in(enclosed(other)))
    assert (found.filename, found.sha256) == ("demo-1.0+cu128-py3-none-any.whl", "f" * 64)
    assert other["predicate"]["runDetails"]["byproducts"][-1:] == statement["subject"]
    assert read_provenance(statement).sha256 == wheel.sha256


def test_anything_else_is_no_provenance(wheel, environment, tmp_path):
    statement = made(wheel, plan_for(sdist_package(tmp_path, "demo")), environment)
    predicate = statement["predicate"]
    wrong = [
        {},
        {**statement, "_type": "https://in-toto.io/Statement/v0.1"},
        {**statement, "subject": statement["subject"] * 2},
        {**statement, "subject": [{"name": 1, "digest": {"sha256": "0"}}]},
        {**statement, "predicate": {**predicate, "runDetails": []}},
        {**statement, "predicate": {**predicate, "buildDefinition": {"buildType": "other"}}},
    ]
    for each in wrong:
        with pytest.raises(ValueError, match="it"):
            read_provenance(each)
