"""The CUDA toolkit's packages: what each is called, what it depends on, and how those that are missing are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.channel.assemble import assemble
from interlock.channel.packages import SUBDIR, PackageId
from interlock.channel.recipes import digest
from interlock.channel.staging import Wheel, stage
from interlock.channel.stubs import compile_stub

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from interlock.channel.packages import ChannelDirectory
    from interlock.channel.release import Release
    from interlock.channel.toolkit import PackageSpec, Toolkit
    from interlock.channel.wheels import WheelCache

LICENSE = "LicenseRef-NVIDIA-End-User-License-Agreement"


@dataclass(frozen=True, slots=True)
class Plan:
    """The packages of `toolkit` for one `release`.

    All share one build string, a digest of the recipe and of the component versions: packages made from other inputs
    are other packages, and an exact dependency can be written down before anything is built.
    """

    toolkit: Toolkit
    release: Release
    full: bool

    @property
    def number(self) -> int:
        """The build number: where both forms are in a channel, a solver takes the full one."""
        return int(self.full)

    @property
    def build(self) -> str:
        """The build string."""
        return f"h{digest('cuda', *self.release.fingerprint, str(self.number))}_{self.number}"

    def package(self, spec: PackageSpec) -> PackageId:
        """Identity of the package that `spec` becomes."""
        subdir = "noarch" if spec.noarch else SUBDIR
        return PackageId(spec.name, self.version(spec), self.build, subdir, self.number)

    def version(self, spec: PackageSpec) -> str:
        """The version of its component, or of the toolkit, or for cuda-version of CUDA."""
        if spec.component is None:
            return self.release.minor
        return self.release.pin(spec.component) if spec.component else self.release.version

    def depends(self, spec: PackageSpec) -> list[str]:
        """The match specs that the package depends on."""
        specs = [] if spec.component is None else ["cuda-version >={minor},<{next}.0a0"]
        for name in spec.exact:
            sibling = self.package(self.toolkit.packages[name])
            specs.append(f"{name} {sibling.version} {sibling.build}")
        return [text.format(**self.release.templates) for text in [*specs, *spec.depends]]

    def constrains(self, spec: PackageSpec) -> list[str]:
        """The match specs that hold if their package is in the environment at all."""
        return [text.format(**self.release.templates) for text in spec.constrains]

    def missing(self, channel: ChannelDirectory) -> list[PackageSpec]:
        """What has not been built yet."""
        return [spec for spec in self.toolkit.packages.values() if not channel.has(self.package(spec))]


def build_packages(
    plan: Plan,
    specs: Iterable[PackageSpec],
    channel: ChannelDirectory,
    cache: WheelCache,
    done: Callable[[PackageId], None],
) -> None:
    """Make the packages `specs` of `plan`; `done` is called after each.

    Raises InterlockError: IL701, IL704, IL708, IL709.
    """
    specs = list(specs)
    sources = sorted({spec.source for spec in specs if spec.source})
    wheels = {name: Wheel(path) for name, path in cache.get({n: plan.release.pin(n) for n in sources}).items()}
    for spec in specs:
        build_package(plan, spec, channel, wheels.get(spec.source or ""))
        done(plan.package(spec))


def build_package(plan: Plan, spec: PackageSpec, channel: ChannelDirectory, wheel: Wheel | None) -> None:
    """Stage the files of one package and pack them."""
    with channel.workspace() as work:
        tree = work / "tree"
        tree.mkdir()
        stage(spec, wheel, tree)
        if spec.stub is not None and wheel is not None:
            compile_stub(spec.name, spec.stub, wheel.read(spec.stub.header), tree, work)
        assemble(
            channel,
            plan.package(spec),
            files=tree,
            depends=plan.depends(spec),
            constrains=plan.constrains(spec),
            summary=spec.summary,
            license_id=LICENSE if wheel else "BSD-3-Clause",
            license_files=wheel.licenses(work / "licenses") if wheel else (),
        )
