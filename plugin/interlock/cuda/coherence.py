"""Does everything that knows a CUDA version agree? Asked at lock time, answered from metadata alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.cuda import findings
from interlock.cuda.architectures import listed, unknown_to
from interlock.cuda.reference import nvcc, oldest_driver
from interlock.cuda.toolkit import names_toolkit
from interlock_hooks.types import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.utils import NormalizedName

    from interlock.core.cuda_versions import CudaVersion
    from interlock.cuda.sources import CudaBuild
    from interlock.cuda.state import CudaState
    from interlock.cuda.toolkit import Driver
    from interlock.cuda.used import Use
    from interlock_hooks.types import Finding


def check(state: CudaState) -> list[Finding]:
    """All that disagrees, in the order in which it would be noticed: build, run, mixture."""
    return [
        *_backend(state),
        *_toolkit_and_torch(state),
        *_toolkit(state),
        *_unknown_architectures(state),
        *_unset_architectures(state),
        *_driver(state),
        *_majors(state),
    ]


def check_builds(state: CudaState) -> list[Finding]:
    """The builds of a lock that find no nvcc where it is installed: errors if they need it in any case.

    A script that activates the environment may name a toolkit, so that nothing is certain.
    """
    if state.toolkit is not None or state.request.activation.scripts:
        return []
    return [
        findings.no_nvcc(state, build, Severity.WARNING if build.surely is None else Severity.ERROR)
        for build in _without_nvcc(state)
    ]


def contradictions(state: CudaState, drivers: Iterable[Driver]) -> list[Finding]:
    """What contradicts in a lock, without advice on what could be set as well.

    ``drivers`` are those that may run it beside the one that it was solved for, such as this machine's.
    """
    others = dict.fromkeys(each for each in drivers if state.driver is None or each.cuda != state.driver.cuda)
    return [
        *_toolkit_and_torch(state),
        *_toolkit(state),
        *_unknown_architectures(state),
        *_on_driver(state),
        *(finding for each in others for finding in _on_driver(replace(state, driver=each))),
        *_majors(state),
    ]


def runs_on(cuda: CudaVersion, driver: Driver) -> bool:
    """Whether a driver runs what was built for a CUDA at all, minor version compatibility included."""
    if not cuda.newer_than(driver.cuda):
        return True
    return cuda.major == driver.cuda.major and oldest_driver(cuda.major) is not None


def _backend(state: CudaState) -> Iterator[Finding]:
    promised = state.driver is not None and state.driver.promised
    if state.request.torch_backend == "auto" and not promised and state.toolkit is None and state.torch is not None:
        yield findings.backend_undecided(state)


def _toolkit_and_torch(state: CudaState) -> Iterator[Finding]:
    torch, toolkit = state.torch, state.toolkit
    if torch is None or toolkit is None:
        return
    if torch.cuda.major != toolkit.major:
        yield findings.other_major(state, torch, toolkit)
    elif torch.cuda.differs_in_minor(toolkit):
        yield findings.other_minor(state, torch, toolkit)


def _toolkit(state: CudaState) -> Iterator[Finding]:
    if state.toolkit is None:
        yield from (findings.no_nvcc(state, build) for build in _without_nvcc(state))
        return
    facts = nvcc(state.toolkit)
    if facts is not None and state.host is not None:
        newest = facts.compilers[state.host.family]
        if state.host.major > newest:
            yield findings.compiler_too_new(state, state.toolkit, state.host, newest)


def _without_nvcc(state: CudaState) -> Iterator[CudaBuild]:
    # A torch for the CPU, or none at all with no word of a GPU: such sources are then built without CUDA.
    expected = state.torch is not None or (state.driver is not None and not state.cpu_torch)
    for build in state.builds:
        if expected and not names_toolkit(state.request, build.name):
            yield build


def _unknown_architectures(state: CudaState) -> Iterator[Finding]:
    toolkit, declared = state.toolkit, state.architectures
    if toolkit is None:
        return
    if declared is not None and (unknown := unknown_to(toolkit, declared.names)):
        yield findings.unknown_architectures(state, toolkit, unknown, declared.origin, None)
    for name in (build.name for build in state.builds):
        if unknown := unknown_to(toolkit, listed(_own_list(state, name))):
            where = state.request.build.package(name).where
            yield findings.unknown_architectures(state, toolkit, unknown, f"TORCH_CUDA_ARCH_LIST of {name}", where)


def _unset_architectures(state: CudaState) -> Iterator[Finding]:
    if state.toolkit is None:
        return
    if state.architectures is None and not all(_own_list(state, build.name) for build in state.builds):
        yield findings.architectures_unset(state)
    for build in state.builds:
        given = dict(state.request.build.package(build.name).variables)
        if build.own_variables and not any(name in given for name in build.own_variables):
            yield findings.own_architectures(state, build)


def _own_list(state: CudaState, name: NormalizedName) -> str:
    return dict(state.request.build.package(name).variables).get("TORCH_CUDA_ARCH_LIST", "")


def _driver(state: CudaState) -> Iterator[Finding]:
    driver = state.driver
    if driver is None:
        return
    for use in state.uses:
        if not use.framework or not use.cuda.newer_than(driver.cuda):
            continue
        if runs_on(use.cuda, driver):
            yield findings.driver_is_older(state.request, use, driver)
        else:
            yield findings.driver_too_old(state.request, use, driver)


def _on_driver(state: CudaState) -> list[Finding]:
    """What the driver does not run, and if there is nothing, whether it would run what is compiled.

    Locking leaves the toolkit to conda, whose packages limit it by the driver that is declared.
    """
    found = list(_driver(state))
    driver, toolkit = state.driver, state.toolkit
    if not found and driver is not None and toolkit is not None and not runs_on(toolkit, driver):
        found.append(findings.compiled_for_newer(state.request, toolkit, driver))
    return found


def _majors(state: CudaState) -> Iterator[Finding]:
    groups: dict[int, list[Use]] = defaultdict(list)
    for use in state.uses:
        groups[use.cuda.major].append(use)
    if len(groups) > 1:
        yield findings.two_majors(state.request, sorted(groups.items()))
