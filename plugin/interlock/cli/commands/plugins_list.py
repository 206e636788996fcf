"""``plugins list``: the available plugins, and those that run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.json.plugins import list_document
from interlock.cli.tables import table_of
from interlock.project.opening import plugin_infos

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """List the plugins; outside of a project only the built-in and the installed ones."""
    infos = plugin_infos(args.manifest_path)
    output.document(list_document(infos))
    table = table_of("name", "from", "state", "hooks")
    for info in infos:
        state = "built in" if info.builtin else "enabled" if info.enabled else "not enabled"
        hooks = ", ".join(hook.removeprefix("interlock_") for hook in info.hooks)
        table.add_row(info.name, f"{info.distribution} {info.version}".strip(), state, hooks)
    output.show(table)
    return 0
