"""What the name of a prebuilt wheel claims: the torch, the CUDA and the C++ ABI that it was built for.

There is no standard for this. Projects write it into the local version (PEP 440) or the build tag (PEP 427), each in a
form of its own: ``+cu12torch2.6cxx11abiTRUE``, ``+pt26cu124``, ``+cu128.torch2.8.0``, ``-1.cuda12.9.1.torch2.8.0-``.
What cannot be read claims nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from interlock.core.cuda_versions import CudaVersion, written_version

_PARTS = re.compile(
    r"(?:torch[-_.]?|pt)(?P<torch>\d+(?:\.\d+)*)(?P<later>andhigher)?"
    r"|(?P<cuda>cu(?:da)?[-_.]?\d{2,3}(?:\.\d+){0,2})"
    r"|(?P<other>cpu|xpu|rocm\d+(?:\.\d+)*)"
    r"|cxx11abi[-_.]?(?P<abi>true|false|1|0)",
    re.IGNORECASE,
)
_PATCH = re.compile(r"((?:cu|cuda)[-_.]?\d{2}\.\d+)\.\d+\Z")


@dataclass(frozen=True, slots=True)
class Claims:
    """What a name claims; an empty field says nothing.

    ``torch`` are the versions that it can mean: ``torch210`` is 2.10 or 2.1.0; with ``or_later`` newer ones as well
    (``torch2.9.0andhigher``). ``platform`` is what torch computes on: ``cuda``, ``cpu``, ``xpu`` or a release of ROCm
    such as ``rocm6.2``. ``cxx11_abi`` is the ABI of libstdc++'s strings
    and lists, as in torch's ``_GLIBCXX_USE_CXX11_ABI``.
    """

    torch: tuple[str, ...] = ()
    or_later: bool = False
    platform: str | None = None
    cuda: CudaVersion | None = None
    cxx11_abi: bool | None = None


def read_claims(text: str) -> Claims:
    """The claims in a local version or a build tag; in a part that is written twice, the first one counts."""
    found: dict[str, str] = {}
    for match in _PARTS.finditer(text.lower()):
        for name, part in match.groupdict().items():
            if part is not None:
                found.setdefault(name, part)
    cuda = written_version(_PATCH.sub(r"\1", found["cuda"])) if "cuda" in found else None
    return Claims(
        torch=tuple(_torch_versions(found["torch"])) if "torch" in found else (),
        or_later="later" in found,
        platform="cuda" if cuda else found.get("other"),
        cuda=cuda,
        cxx11_abi=found["abi"] in ("true", "1") if "abi" in found else None,
    )


def _torch_versions(version: str) -> Iterator[str]:
    """The versions that ``2.6``, ``26``, ``210`` and ``240`` can mean."""
    if "." in version or len(version) == 1:
        yield version
        return
    major, rest = version[0], version[1:]
    yield f"{major}.{rest}"
    if len(rest) > 1:
        yield f"{major}.{rest[:-1]}.{rest[-1]}"
