"""Torch backends: the index from which torch and its family come, and which one fits what is declared.

Interlock does not use uv's ``--torch-backend``: it only knows PyTorch's own address, and its ``auto`` looks at the GPU
of the machine that locks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from packaging.requirements import Requirement as Pep508
from packaging.utils import canonicalize_name

from interlock.core.cuda_versions import CudaVersion, written_version
from interlock.core.markers import applies
from interlock.cuda.findings import backend_changed, backend_needed
from interlock.cuda.reference import torch_backends
from interlock.cuda.toolkit import driver, toolkit_version
from interlock.cuda.used import Use, torch_use
from interlock_hooks.types import Index, IndexRoute, PyPIAdditions, Repair

if TYPE_CHECKING:
    from interlock.cuda.toolkit import Driver
    from interlock_hooks.types import CondaSolution, EnvironmentRequest, Finding, Resolution

AUTO, OFF = "auto", "off"
# The local part of a version, as PyTorch's builds have it.
_LOCAL = re.compile(r"\+(cu\d+|cpu)\b")


def fixed_backend(request: EnvironmentRequest) -> str | None:
    """The backend that the manifest names, if it names one that there is for the platform: macOS only has the CPU's."""
    named = None if request.torch_backend in (AUTO, OFF) else request.torch_backend
    return None if request.platform.startswith("osx-") and named != "cpu" else named


def torch_route(backend: str, settings: Mapping[str, Any]) -> IndexRoute:
    """The way of torch and its family to the index of a backend, at PyTorch's address or the manifest's."""
    address = settings.get("cuda", {}).get("torch-index") or torch_backends().index
    return IndexRoute(
        index=Index(url=address.replace("{backend}", backend), explicit=True),
        names=frozenset(canonicalize_name(name) for name in torch_backends().family),
    )


def backend_repairs(resolution: Resolution, conda: CondaSolution, request: EnvironmentRequest) -> list[Repair]:
    """With ``torch-backend = "auto"``: the backends that fit better than the torch of a resolution, best first.

    What has to be fitted are the declared driver and conda's toolkit; a driver that was only detected does not count,
    so that the lock is the same on every machine.
    """
    torch = torch_use(resolution, conda)
    declared, toolkit = _declared_driver(conda), toolkit_version(conda)
    if request.torch_backend != AUTO or torch is None or not _movable(resolution, request):
        return []
    if _fits(torch.cuda, declared, toolkit):
        return []
    return [_repair(name, torch, declared, toolkit, request) for name in _fitting(declared, toolkit)]


def backend_rescues(
    failure: Finding, resolution: Resolution, conda: CondaSolution, request: EnvironmentRequest
) -> list[Repair]:
    """With ``torch-backend = "auto"``: the backends that may help where nothing could be resolved, best first.

    They are tried if the failure speaks of torch or its family. A version such as 2.6.0+cu124 names its backend; else
    those are tried that fit what is declared.
    """
    said = "\n".join([failure.why, *failure.details])
    if not any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", said) for name in torch_backends().family):
        return []
    if any(entry.name == "torch" for entry in resolution.provided) or _placed(resolution, request):
        return []
    declared, toolkit = _declared_driver(conda), toolkit_version(conda)
    known = (*torch_backends().cuda, "cpu")
    named = [name for name in dict.fromkeys(_LOCAL.findall(said)) if name in known]
    fitting = _fitting(declared, toolkit) if declared or toolkit else []
    if named:
        fitting = [name for name in named if _may_be(name, declared, toolkit)]
    routes = [(name, torch_route(name, request.settings)) for name in fitting]
    return [
        Repair(
            additions=PyPIAdditions(routes=(route,)),
            finding=backend_needed(name, failure, request, route.index.url),
        )
        for name, route in routes
    ]


def _fitting(declared: Driver | None, toolkit: CudaVersion | None) -> list[str]:
    """The backends for CUDA that fit what is declared, best first."""
    known = ((name, written_version(name)) for name in torch_backends().cuda)
    fitting = [(name, cuda) for name, cuda in known if cuda is not None and _fits(cuda, declared, toolkit)]
    return [name for name, _ in sorted(fitting, key=lambda pair: _preference(pair[1], toolkit))]


def _may_be(name: str, declared: Driver | None, toolkit: CudaVersion | None) -> bool:
    cuda = written_version(name)
    return cuda is None or _fits(cuda, declared, toolkit)


def _declared_driver(conda: CondaSolution) -> Driver | None:
    found = driver(conda)
    return found if found is not None and found.promised else None


def _movable(resolution: Resolution, request: EnvironmentRequest) -> bool:
    """Whether torch may come from elsewhere: not when conda provides it or the manifest says where it comes from."""
    return resolution.get("torch") is not None and not _placed(resolution, request)


def _placed(resolution: Resolution, request: EnvironmentRequest) -> bool:
    own = [(each.index, Pep508(each.text)) for each in request.requirements if each.name == "torch"]
    return any((index or parsed.url) and applies(parsed, resolution.python) for index, parsed in own)


def _fits(cuda: CudaVersion, declared: Driver | None, toolkit: CudaVersion | None) -> bool:
    if declared is not None and cuda.newer_than(declared.cuda):
        return False
    return toolkit is None or cuda.major == toolkit.major


def _preference(cuda: CudaVersion, toolkit: CudaVersion | None) -> tuple[int, int, int]:
    """The toolkit's own release first, then the nearest; without a toolkit the newest."""
    minor = cuda.minor or 0
    if toolkit is None or toolkit.minor is None:
        return 0, -cuda.major, -minor
    return abs(minor - toolkit.minor), -cuda.major, -minor


def _repair(
    name: str, torch: Use, declared: Driver | None, toolkit: CudaVersion | None, request: EnvironmentRequest
) -> Repair:
    route = torch_route(name, request.settings)
    return Repair(
        additions=PyPIAdditions(routes=(route,)),
        finding=backend_changed(name, torch, declared, toolkit, request, route.index.url),
    )
