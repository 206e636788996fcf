"""conda's environment files."""

from __future__ import annotations

import yaml

from interlock.export.environment_yml import export
from kit.exported import from_git, mixed, subject
from kit.locked import CHANNEL, INDEX, locked, record

HASH = f"--hash=sha256:{'0' * 64}"


def test_conda_packages_have_their_builds_and_pypi_packages_their_versions() -> None:
    exported = export(subject(variables=(("MODE", "fast"), ("WHERE", "$CONDA_PREFIX/x")), scripts=("on.sh",)))
    assert yaml.safe_load(exported.text) == {
        "name": "demo",
        "channels": [CHANNEL, "nodefaults"],
        "dependencies": [
            "python=3.12.7=h1_0",
            "numpy=2.1=py312_0",
            "pip",
            {"pip": [f"--index-url {INDEX}", f"flash-attn==2.8 {HASH}", f"torch==2.6 {HASH}"]},
        ],
        "variables": {"MODE": "fast"},
    }
    assert [finding.code for finding in exported.findings] == ["IL641", "IL644", "IL644"]


def test_one_package_without_a_hash_means_none_for_all() -> None:
    exported = export(subject(mixed(from_git("lib"))))
    lines = yaml.safe_load(exported.text)["dependencies"][-1]["pip"]
    assert lines[1:3] == ["flash-attn==2.8", "torch==2.6"]
    assert [finding.code for finding in exported.findings] == ["IL641", "IL642"]


def test_another_environment_gets_a_name_of_its_own_and_no_pip_for_nothing() -> None:
    document = yaml.safe_load(export(subject(locked(record("zlib 1.3"), name="test"))).text)
    assert document["name"] == "demo-test"
    assert document["dependencies"] == ["zlib=1.3=0"]


def test_pip_is_not_asked_for_twice() -> None:
    environment = mixed()
    with_pip = locked(*environment.conda.records, record("pip 25.0"), pypi=environment.resolution.packages)
    dependencies = yaml.safe_load(export(subject(with_pip)).text)["dependencies"]
    assert dependencies[2:-1] == ["pip=25.0=0"]
