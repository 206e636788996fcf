"""JSON Schemas."""

from __future__ import annotations

from interlock.cli.options import add_command, output_options
from interlock.cli.parser import command_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from interlock.cli.options import Commands

# The table itself is with the project, which is not imported to parse arguments; a test compares.
MANIFESTS = ("manifest", "pyproject.toml", "pixi.toml", "tool.interlock")


def add_schema(commands: Commands) -> None:
    """``schema``, of manifests and of the documents of all commands."""
    schema = add_command(
        commands,
        "schema",
        "print the JSON Schema of a manifest, or of what a command prints with --json",
        "Print a JSON Schema with which editors complete and check manifests:\n"
        "  manifest         any manifest; only [tool.interlock] is checked\n"
        "  pyproject.toml   the same, and all other tables by a schema that the editor fetches from SchemaStore\n"
        "  pixi.toml        the same, and all other tables by a schema that the editor fetches from pixi\n"
        "  tool.interlock   the table alone, for tools that ask for that\n"
        "or the JSON Schema of what a command prints with --json, such as 'env install'.",
        "%(prog)s pyproject.toml > pyproject.schema.json\n  %(prog)s 'env install' > env-install.schema.json",
    )
    schema.add_argument(
        "schema",
        choices=(*MANIFESTS, *command_names()),
        metavar="NAME",
        help=f"{', '.join(MANIFESTS)}, or a command in quotation marks",
    )
    output_options(schema)
    schema.set_defaults(command=None)
