from __future__ import annotations

from dataclasses import replace

import pytest

from interlock.builds.discovery.module_owners import ModuleFinder
from interlock.builds.run.interpreter import purelib
from interlock.builds.run.trace import Trace, imported_distributions
from interlock.engines.python.distributions import installed_versions
from interlock.engines.python.modules import module_owners, owner_of
from interlock.engines.uv import install_packages
from interlock_hooks.types import Artifact, ProvidedDistribution
from unit.builds.conftest import make_prefix, make_wheel, resolution_of, sdist_package


@pytest.fixture
def finder(tmp_path):
    def make(*packages, prefix=tmp_path / "empty", **options):
        return ModuleFinder(resolution_of(*packages, **options), prefix=prefix, root=tmp_path)

    return make


def test_a_package_is_found_by_its_files_and_not_by_its_name(finder, tmp_path):
    yaml = make_wheel(tmp_path, "pyyaml", "6.0", {"yaml/__init__.py": "", "_yaml/__init__.py": ""})
    liar = make_wheel(tmp_path, "cv2", "1.0", {"other.py": ""})
    opencv = make_wheel(tmp_path, "opencv-python", "4.0", {"cv2/__init__.py": ""})
    find = finder(yaml, liar, opencv)
    assert find("yaml") == "pyyaml"
    assert find("cv2") == "opencv-python"
    assert find("pyyaml") is None


def test_a_shared_namespace_is_told_apart_by_its_second_level(finder, tmp_path):
    protobuf = make_wheel(tmp_path, "protobuf", "1.0", {"google/protobuf/__init__.py": ""})
    cloud = make_wheel(tmp_path, "google-cloud-core", "1.0", {"google/cloud/__init__.py": ""})
    find = finder(cloud, protobuf)
    assert find("google.protobuf") == "protobuf"
    assert find("google.cloud.client") == "google-cloud-core"
    assert find("google.nothing") is None


def test_a_package_that_is_itself_built_is_found_by_its_source(finder, tmp_path):
    built = sdist_package(tmp_path, "built-here")
    assert finder(built)("hooks") == "built-here"


def test_what_the_prefix_holds_counts_if_it_belongs_to_the_environment(finder, tmp_path):
    prefix = make_prefix(tmp_path / "prefix")
    packages = [
        make_wheel(tmp_path, name, "1.0", {f"{module}.py": ""})
        for name, module in (("from-conda", "conda_module"), ("stranger", "strange"))
    ]
    install_packages(prefix / "bin" / "python", packages, root=tmp_path)
    provided = (ProvidedDistribution(name="from-conda", version="1.0", record="from-conda"),)
    find = finder(prefix=prefix, provided=provided)
    assert find("conda_module") == "from-conda"
    assert find("strange") is None


def test_what_cannot_be_read_proves_nothing(finder, tmp_path):
    gone = replace(
        make_wheel(tmp_path, "gone", "1.0", {"gone.py": ""}),
        artifact=Artifact(kind="wheel", url=(tmp_path / "gone.whl").as_uri()),
    )
    assert finder(gone)("gone") is None


def test_owners_of_modules_follow_the_order_of_the_path(tmp_path):
    first, second = make_prefix(tmp_path / "a"), make_prefix(tmp_path / "b")
    for prefix, version in ((first, "2.0"), (second, "1.0")):
        install_packages(
            prefix / "bin" / "python",
            [make_wheel(tmp_path / version, "lib", version, {"lib.py": ""})],
            root=tmp_path,
        )
    sites = [purelib(prefix / "bin" / "python") for prefix in (first, second)]
    assert installed_versions(sites) == {"lib": "2.0"}
    assert installed_versions(sites[1:]) == {"lib": "1.0"}
    owners = module_owners(sites)
    assert owner_of("lib.anything", owners) == "lib"
    assert owner_of("else", owners) is None
    assert imported_distributions(Trace(imported=("os", "lib", "lib.x")), sites) == ("lib",)
