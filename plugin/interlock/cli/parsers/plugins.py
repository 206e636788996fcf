"""Plugins."""

from __future__ import annotations

from interlock.cli.options import add_command, manifest_option, output_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from interlock.cli.options import Commands


def add_list(commands: Commands) -> None:
    """``plugins list``."""
    listing = add_command(
        commands,
        "list",
        "list built-in, enabled and installed plugins",
        "List the available plugins. Third-party plugins only run if the manifest names them:\n"
        '  [tool.interlock]\n  plugins = ["NAME"]',
        "interlock plugins list",
    )
    manifest_option(listing)
    output_options(listing, answers=True)
