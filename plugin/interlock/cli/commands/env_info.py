"""``env info``: the project, its environments, and this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from interlock.cli.json.environment import info_document
from interlock.cli.noop import up_to_date
from interlock.project.described import describe_again

if TYPE_CHECKING:
    import argparse

    from rich.table import Table

    from interlock.cli.output import Output
    from interlock.project.described import ConfinementInfo, ProjectInfo


def run(args: argparse.Namespace, output: Output) -> int:
    """Show what the manifest declares, what the machine offers, the state of lock and prefixes, and contradictions."""
    if args.html is not None:
        return _write_page(args, output)
    info = _described(args)
    output.document(info_document(info), findings=info.findings)
    if output.is_text:
        output.show(_table(info))
    output.findings(info.findings)
    return 0


def _described(args: argparse.Namespace) -> ProjectInfo:
    """As it is remembered since the last time, if that still holds, else looked up."""
    state = up_to_date(args)
    found = None if state is None else describe_again(state)
    if found is not None:
        return found
    # Imported here, as they read manifest and lock.
    from interlock.project.info import describe, keep
    from interlock.project.opening import open_project

    project = open_project(args.manifest_path, folder=args.folder)
    found = describe(project, args.environment)
    # What was edited meanwhile is not what the state says.
    if state is not None and up_to_date(args) == state:
        keep(project, args.environment, found, state)
    return found


def _write_page(args: argparse.Namespace, output: Output) -> int:
    """The same as a page, with sizes, builds and sources."""
    from interlock.cli.handing import hand_over_page
    from interlock.pages.info import info_page
    from interlock.project.opening import open_project
    from interlock.project.overview import overview

    found = overview(open_project(args.manifest_path, folder=args.folder), args.environment)
    hand_over_page(info_page(found), args.html, output, findings=found.findings)
    return 0


def _table(info: ProjectInfo) -> Table:
    from interlock.cli.tables import facts

    grid = facts()
    grid.add_row("project", f"{info.name} ({info.manifest})")
    for path in info.unread:
        grid.add_row("not read", f"{path} ({Path(info.manifest).name} beside it is the manifest)")
    grid.add_row("platform", info.platform)
    grid.add_row("lock", f"{info.lock.path}: {info.lock.state}")
    grid.add_row("channels", ", ".join(info.channels))
    for package in info.virtual_packages:
        grid.add_row("machine", f"{package.name} {package.version} ({package.origin})")
    for label, text in (row for section in info.sections for row in section.rows):
        grid.add_row(label, text)
    for environment in info.environments:
        state = "installed" if environment.installed else "not installed"
        group = f"; solve group {environment.solve_group}" if environment.solve_group else ""
        grid.add_row("environment", f"{environment.name}: {', '.join(environment.platforms)}; {state}{group}")
        grid.add_row("", environment.prefix)
    grid.add_row("plugins", ", ".join(info.plugins) or "none enabled")
    grid.add_row("builds", _confinement(info.confinement))
    grid.add_row("cache", info.cache)
    grid.add_row("versions", ", ".join(f"{name} {version}" for name, version in info.versions.items()))
    return grid


def _confinement(confinement: ConfinementInfo) -> str:
    writing = "write to their own directories only" if confinement.writing else "may write everywhere (not Linux 5.19+)"
    able = "denied" if confinement.network else "denied, but this machine cannot enforce it"
    limit = "enforced by the kernel" if confinement.memory else "watched"
    return f"{writing}; the network is {able if confinement.denied else 'allowed'}; a limit of memory is {limit}"
