"""What the conda package of a built wheel says of itself: name, version, build, and what it needs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from interlock.core.conda_versions import conda_version_spec
from interlock.core.files import sha256_of
from interlock.core.markers import applies
from interlock.engines.python.wheels import wheel_metadata

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from interlock.builds.prebuilt.target import Target

_TORCH = canonicalize_name("torch")
# The conda package that supplies a distribution, if there is one.
NameOf = Callable[[NormalizedName], "str | None"]


class NoCondaNameError(Exception):
    """Requirements that conda cannot express; the arguments are these, each with the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CondaPackage:
    """A conda package, all but its files. ``depends`` and ``constrains`` are conda specs (CEP 29)."""

    name: str
    version: str
    build: str
    subdir: str
    depends: tuple[str, ...]
    constrains: tuple[str, ...]
    summary: str
    license: str

    @property
    def filename(self) -> str:
        """The name of its file."""
        return f"{self.name}-{self.version}-{self.build}.conda"


def package_of(
    wheel: Path,
    *,
    target: Target,
    label: str,
    linked: Sequence[str],
    name_of: NameOf,
) -> CondaPackage:
    """The conda package of a wheel that was built in an environment like ``target``.

    ``label`` says what it was built against, ``linked`` are specs of conda packages with libraries that it is linked
    with, and ``name_of`` knows the conda package of a distribution. The build string has a digest of all that differs,
    so that another build never has the same name. Raises :class:`NoCondaNameError`, and as
    :func:`wheel_metadata` does.
    """
    metadata = wheel_metadata(wheel)
    required = _required(metadata.get("requires_dist") or (), target, name_of)
    depends = tuple(dict.fromkeys((*_interpreter(target), *linked, *required)))
    constrains = tuple(_against(target, name_of)) if label else ()
    facts = json.dumps([sha256_of(wheel), depends, constrains])
    python = f"py{target.python.minor.replace('.', '')}{'t' if target.python.free_threaded else ''}"
    digest = f"h{hashlib.sha256(facts.encode()).hexdigest()[:8]}"
    own = canonicalize_name(metadata["name"])
    return CondaPackage(
        name=name_of(own) or own,
        # In normal form it has no hyphen, which would end it in the name of the file.
        version=str(Version(metadata["version"])),
        build="_".join(filter(None, (python, label.replace(".", "_"), digest, "0"))),
        subdir=target.python.platform,
        depends=depends,
        constrains=constrains,
        summary=metadata.get("summary") or "",
        license=metadata.get("license_expression") or "",
    )


def _interpreter(target: Target) -> Iterator[str]:
    major, minor = map(int, target.python.minor.split("."))
    abi = f"cp{major}{minor}{'t' if target.python.free_threaded else ''}"
    yield f"python >={major}.{minor},<{major}.{minor + 1}.0a0"
    yield f"python_abi {major}.{minor}.* *_{abi}"


def _required(lines: list[str] | tuple[str, ...], target: Target, name_of: NameOf) -> list[str]:
    found: list[str] = []
    refused: list[str] = []
    for line in lines:
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            refused.append(f"{line}: it is not a requirement (PEP 508)")
            continue
        if not applies(requirement, target.python):
            continue
        name = name_of(canonicalize_name(requirement.name))
        if requirement.url is not None:
            refused.append(f"{line}: conda packages cannot require an address")
        elif requirement.extras:
            refused.append(f"{line}: conda packages have no extras")
        elif name is None:
            refused.append(f"{line}: no channel of the environment has a package that supplies {requirement.name}")
        else:
            version = conda_version_spec(requirement.specifier)
            found.append(name if version == "*" else f"{name} {version}")
    if refused:
        raise NoCondaNameError(*refused)
    return found


def _against(target: Target, name_of: NameOf) -> Iterator[str]:
    """What may only be there in the version that it was built against; all of a minor version of torch have one ABI."""
    if target.torch is not None:
        major, minor = (*target.torch.release, 0)[:2]
        yield f"{name_of(_TORCH) or 'pytorch'} {major}.{minor}.*"
    if target.cuda is not None:
        low = str(target.cuda)
        yield f"cuda-version >={low},<{target.cuda.major + 1}"
