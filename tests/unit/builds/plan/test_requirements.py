from __future__ import annotations

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from interlock.builds.plan.requirements import is_met, is_resolved, name_of
from interlock_hooks.types import UNKNOWN_VERSION, BuildRequirement, ProvidedDistribution
from unit.builds.conftest import resolution_of, wheel_package

TORCH = canonicalize_name("torch")


@pytest.mark.parametrize(
    ("requirement", "version", "met"),
    [
        ("torch", "2.6.0", True),
        ("Torch>=2", "2.6.0", True),
        ("torch>=2.7", "2.6.0", False),
        ("torch>=2.7", "2.8.0rc1", True),
        # What only a build backend knows, or what PEP 440 does not, is not held against a package.
        ("torch>=2.7", UNKNOWN_VERSION, True),
        ("torch>=2.7", "2.6-custom-build", True),
    ],
)
def test_a_requirement_is_met_by_what_is_there(requirement, version, met):
    assert is_met(Requirement(requirement), {TORCH: version}) is met
    assert is_met(Requirement(requirement), {TORCH: version}, absent=True) is met


@pytest.mark.parametrize("absent", [False, True])
def test_the_caller_says_whether_what_is_absent_counts_as_met(absent):
    assert is_met(Requirement("torch"), {}, absent=absent) is absent


def test_what_conda_provides_is_resolved_as_well():
    provided = ProvidedDistribution(name="numpy", version="2.1", record="numpy-2.1-0")
    resolution = resolution_of(wheel_package("torch"), provided=(provided,))
    named = [name_of(BuildRequirement(requirement=text)) for text in ("Torch[x]>=2", "numpy", "einops")]
    assert [is_resolved(name, resolution) for name in named] == [True, True, False]
