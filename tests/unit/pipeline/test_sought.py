"""Which answers of backends a conflict may be due to."""

from __future__ import annotations

from pathlib import Path

from packaging.utils import canonicalize_name

from interlock.pipeline.sought import answers_without
from interlock.resolve.joint.search import GaveUpError
from interlock.resolve.uv.errors import Known, NoResolutionError
from interlock_hooks.types import (
    BuildOptions,
    BuildRequirement,
    EnvironmentRequest,
    Finding,
    InterlockError,
    Metadata,
    PackageBuildOptions,
)

AXOLOTL, TORCH = canonicalize_name("axolotl"), canonicalize_name("torch")
CONFLICT = "axolotl==1.0 depends on torch==2.6.0 and you require torch==2.7.0"


def refusal(why: str, *answers: Metadata) -> NoResolutionError:
    return NoResolutionError(Finding(code="IL310", what="no solution", why=why), known=Known(answers))


def answer(name: str = AXOLOTL, origin: str = "backend", *requires: str) -> Metadata:
    return Metadata(
        name=canonicalize_name(name),
        version="1.0",
        requires_dist=requires or ("torch==2.6.0",),
        origin=origin,  # type: ignore[arg-type]
        sought=(TORCH, canonicalize_name("wheel")),
    )


def request(tmp_path: Path, *listed: str) -> EnvironmentRequest:
    entries = tuple(BuildRequirement(requirement=each) for each in listed)
    build = BuildOptions(packages=(PackageBuildOptions(name=AXOLOTL, requirements=entries),))
    return EnvironmentRequest(name="default", platform="linux-64", root=tmp_path, build=build)


def test_the_lines_keep_what_the_manifest_lists_already(tmp_path: Path) -> None:
    (found,) = answers_without(refusal(CONFLICT, answer()), request(tmp_path, "ninja"))
    assert found.details == (
        "[tool.uv.extra-build-dependencies]",
        'axolotl = ["ninja", { requirement = "torch", match-runtime = true }]',
    )
    assert "requires torch==2.6.0" in found.why
    (of_last_round,) = answers_without(GaveUpError(refusal(CONFLICT, answer())), request(tmp_path))
    assert of_last_round.details[-1] == 'axolotl = [{ requirement = "torch", match-runtime = true }]'


def test_nothing_is_said_of_answers_that_a_conflict_does_not_name(tmp_path: Path) -> None:
    for error in (
        refusal("numpy<2 and numpy>=2", answer()),
        refusal("axolotl==1.0 depends on numpy<2", answer()),
        refusal(CONFLICT, answer("axolotl-core")),
        refusal(CONFLICT, answer(AXOLOTL, "static")),
        InterlockError(Finding(code="IL311", what=CONFLICT)),
    ):
        assert not list(answers_without(error, request(tmp_path)))
