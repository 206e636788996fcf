from __future__ import annotations

import gzip
import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.solve.names import distributions_in_files, provided_distributions, pypi_names
from solve.conftest import record

FORGE = "https://conda.anaconda.org/conda-forge/"


def test_what_the_record_says_counts() -> None:
    purls = ("pkg:pypi/Foo_Bar@1.2?x=1", "pkg:pypi/foo.bar", "pkg:pypi/a%2Eb", "pkg:conda/other")
    assert pypi_names(record("numpy", channel=FORGE, purls=purls)) == ["foo-bar", "a-b"]
    assert pypi_names(record("numpy", channel=FORGE, purls=())) == []


def test_nothing_is_assumed_about_other_channels() -> None:
    assert pypi_names(record("numpy", noarch="python")) is None


@pytest.mark.parametrize(
    "channel",
    [FORGE, "https://mirror.example/channels/conda-forge", "file:///mnt/conda-forge/", "conda-forge"],
)
def test_conda_forge_and_its_mirrors(channel: str) -> None:
    assert pypi_names(record("pytorch", channel=channel)) == ["torch"]
    assert pypi_names(record("python", channel=channel)) == []


def test_packages_newer_than_the_map() -> None:
    name = "made-up-for-this_test"
    assert pypi_names(record(name, channel=FORGE, noarch="python")) == ["made-up-for-this-test"]
    assert pypi_names(record(name, channel=FORGE, depends=("libc", "python >=3.9"))) == ["made-up-for-this-test"]
    assert pypi_names(record(name, channel=FORGE, depends=("libc",))) == []


def test_what_a_package_once_bundled_is_not_its_own() -> None:
    assert pypi_names(record("ansible", channel=FORGE)) == ["ansible"]


def test_the_snapshot_has_its_licence_beside_it() -> None:
    data = files("interlock.solve") / "data"
    assert "BSD 3-Clause" in (data / "conda-forge-pypi-map.LICENSE").read_text()
    names = json.loads(gzip.decompress((data / "conda-forge-pypi-map.json.gz").read_bytes()))
    assert len(names) > 30_000


def provided(*records, names=pypi_names, **options) -> dict[str, tuple[str, str]]:
    found = provided_distributions(records, names, **options)
    assert list(found) == sorted(found, key=lambda entry: entry.name)
    return {entry.name: (entry.version, entry.record) for entry in found}


def test_versions_of_provided_distributions() -> None:
    found = provided(
        record("numpy", "2.1.3", channel=FORGE),
        record("renamed", "7", purls=("pkg:pypi/first@1.5", "pkg:pypi/second")),
        record("candidate", "1.0_rc1", purls=("pkg:pypi/candidate",)),
        record("odd", "2024+gHASH.x!", purls=("pkg:pypi/odd",)),
        record("zlib", channel=FORGE),
        record("unknown"),
    )
    assert found == {
        "numpy": ("2.1.3", "numpy"),
        "first": ("1.5", "renamed"),
        "second": ("7", "renamed"),
        "candidate": ("1.0rc1", "candidate"),
    }


def test_one_distribution_from_two_records() -> None:
    torch, cpu = record("pytorch", "2.6.0", channel=FORGE), record("pytorch-cpu", "2.6.1", channel=FORGE)
    assert provided(torch, cpu) == {"torch": ("2.6.0", "pytorch")}
    named_alike = record("torch", "2.7.0", purls=("pkg:pypi/torch",))
    assert provided(torch, named_alike) == {"torch": ("2.7.0", "torch")}
    assert provided(named_alike, torch) == {"torch": ("2.7.0", "torch")}


def test_the_manifest_has_the_last_word() -> None:
    overrides = {"company-torch": ("torch",), "numpy": ()}
    found = provided(record("company-torch"), record("numpy", channel=FORGE), overrides=overrides)
    assert found == {"torch": ("1.0", "company-torch")}


def test_metadata_among_files() -> None:
    paths = [
        "lib/python3.12/site-packages/Foo_Bar-1.2.dist-info/METADATA",
        "lib/python3.12/site-packages/Foo_Bar-1.2.dist-info/RECORD",
        "site-packages/pure-2.0.dist-info/METADATA",
        "lib/python3.9/site-packages/old-0.1-py3.9.egg-info/PKG-INFO",
        "lib/python3.9/site-packages/older_one-0.2-py3.9.egg-info",
        "lib/python3.12/site-packages/setuptools/_vendor/packaging-24.2.dist-info/METADATA",
        "lib/python3.12/site-packages/nameless.dist-info/METADATA",
        "share/doc/x-1.0.dist-info/METADATA",
    ]
    found = distributions_in_files(paths, "bundle")
    assert [(entry.name, entry.version) for entry in found] == [
        ("foo-bar", "1.2"),
        ("old", "0.1"),
        ("older-one", "0.2"),
        ("pure", "2.0"),
    ]
    assert {entry.record for entry in found} == {"bundle"}


@given(st.lists(st.text("ab1.-_!+/", max_size=30).map("site-packages/{}.dist-info/METADATA".format)))
def test_any_file_name(paths: list[str]) -> None:
    for entry in distributions_in_files(paths):
        assert entry.name
        assert entry.version
