from __future__ import annotations

import pytest

from interlock.builds.publishing.conda_package import CondaPackage
from interlock.project.conda_publishing import torch_from_elsewhere
from kit.locked import locked, record, wheel

TORCH = wheel("torch 2.9.0")


def package(name: str, *constrains: str) -> CondaPackage:
    return CondaPackage(
        name=name,
        version="1.0",
        build="0",
        subdir="linux-64",
        depends=(),
        constrains=constrains,
        summary="",
        license="",
    )


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        (locked(record("python 3.12"), pypi=[TORCH]), ["ext-1.0-0.conda was built against torch from PyPI"]),
        (locked(record("python 3.12"), record("pytorch 2.9.0"), provides={"pytorch 2.9.0": "torch"}), []),
        (locked(record("python 3.12"), pypi=[wheel("numpy 2.0")]), []),
    ],
)
def test_what_was_built_against_another_torch_is_told(environment, told):
    packages = [package("ext", "pytorch 2.9.*"), package("plain")]
    assert [finding.what for finding in torch_from_elsewhere(packages, environment)] == told
