"""Whatever uv answers: it is a resolution, or a finding that says what was not understood."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from packaging.utils import canonicalize_name

from interlock.engines.process import Completed
from interlock.resolve.uv.errors import resolution_error
from interlock.resolve.uv.log import messages, read_edges
from interlock.resolve.uv.read_resolution import read_resolution
from interlock.resolve.verify import violations
from interlock_hooks.types import InterlockError, ProvidedDistribution, PyPIRequest, PythonTarget, Requirement
from kit.fuzzing import no_hang, share, told
from kit.strategies.answers import failures, logs, pylocks

NAMES = ("torch", "flash-attn", "flask", "mylib", "wheel", "local")
REQUEST = PyPIRequest(
    environment="default",
    python=PythonTarget(version="3.12.7", platform="linux-64", glibc="2.28"),
    root="/elsewhere",
    requirements=tuple(Requirement(name=canonicalize_name(name), text=name) for name in NAMES),
    provided=(ProvidedDistribution(name=canonicalize_name("numpy"), version="2.1.3", record="numpy"),),
)


@share(0.08)
@given(pylocks, logs)
def test_any_answer(document: dict, log: str) -> None:
    with no_hang():
        try:
            resolution = read_resolution(document, log, REQUEST, Path("/elsewhere/folder"))
        except InterlockError as error:
            told(error, "IL3")
            return
        hash(resolution)
        list(violations(REQUEST, resolution))


@share(0.02)
@given(failures)
def test_any_failure(text: str) -> None:
    with no_hang():
        messages(text)
        read_edges(text, ())
        done = Completed((), 1, "", text)
        told(resolution_error(done, REQUEST, lambda _: done), "IL3")
