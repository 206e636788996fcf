"""``env info``: the project, its environments, and this machine."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.table import Table

from interlock.project.info import ConfinementInfo, ProjectInfo, describe
from interlock.project.opening import open_project

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from interlock.cli.output import Output
    from interlock.cuda.describe import CudaInfo, Known


def run(args: argparse.Namespace, output: Output) -> int:
    """Show what the manifest declares, what the machine offers, and the state of lock and prefixes."""
    info = describe(open_project(args.manifest_path, folder=args.folder), args.environment)
    output.document(asdict(info))
    output.show(_table(info))
    return 0


def _table(info: ProjectInfo) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="cyan", no_wrap=True)
    grid.add_column()
    grid.add_row("project", f"{info.name} ({info.manifest})")
    grid.add_row("platform", info.platform)
    grid.add_row("lock", f"{info.lock.path}: {info.lock.state}")
    grid.add_row("channels", ", ".join(info.channels))
    for package in info.virtual_packages:
        grid.add_row("machine", f"{package.name} {package.version} ({package.origin})")
    for label, text in _cuda_rows(info.cuda):
        grid.add_row(label, text)
    for environment in info.environments:
        state = "installed" if environment.installed else "not installed"
        grid.add_row("environment", f"{environment.name}: {', '.join(environment.platforms)}; {state}")
        grid.add_row("", environment.prefix)
    grid.add_row("plugins", ", ".join(info.plugins) or "none enabled")
    grid.add_row("builds", _confinement(info.confinement))
    grid.add_row("cache", info.cache)
    grid.add_row("versions", ", ".join(f"{name} {version}" for name, version in info.versions.items()))
    return grid


def _cuda_rows(cuda: CudaInfo) -> Iterator[tuple[str, str]]:
    """What knows a CUDA version, one a row; what nothing knows is left out."""
    if driver := _known(cuda.driver):
        yield "CUDA driver", driver
    if cuda.toolkit or cuda.cuda_version:
        yield "CUDA toolkit", f"{cuda.toolkit or 'no nvcc'} (locked; cuda-version {cuda.cuda_version or 'not locked'})"
    for framework in cuda.frameworks:
        yield "built for CUDA", f"{framework.cuda}: {framework.name} {framework.version} ({framework.evidence})"
    if cuda.architectures:
        yield "architectures", f"{', '.join(cuda.architectures)} (declared for builds)"
    if architecture := _known(cuda.architecture):
        yield "GPU", architecture


def _known(known: Known) -> str:
    values = (("declared", known.declared), ("overridden", known.override), ("detected", known.detected))
    return ", ".join(f"{value or 'none'} ({origin})" for origin, value in values if value is not None)


def _confinement(confinement: ConfinementInfo) -> str:
    writing = "write to their own directories only" if confinement.writing else "may write everywhere (not Linux 5.19+)"
    able = "denied" if confinement.network else "denied, which is not possible here"
    return f"{writing}; the network is {able if confinement.denied else 'allowed'}"
