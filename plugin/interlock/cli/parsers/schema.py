"""JSON Schemas."""

from __future__ import annotations

from interlock.cli.options import add_command, output_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from interlock.cli.options import Commands

# The table itself is with the project, which is not imported to parse arguments; a test compares.
MANIFESTS = ("manifest", "pyproject.toml", "pixi.toml", "tool.interlock")


def add_schema(commands: Commands) -> None:
    """``schema``."""
    schema = add_command(
        commands,
        "schema",
        "print the JSON Schema of [tool.interlock], for editors",
        "Print a JSON Schema with which editors complete and check manifests:\n"
        "  manifest         any manifest; only [tool.interlock] is checked\n"
        "  pyproject.toml   the same, and all other tables by a schema that the editor fetches from SchemaStore\n"
        "  pixi.toml        the same, and all other tables by a schema that the editor fetches from pixi\n"
        "  tool.interlock   the table alone, for tools that ask for that",
        "%(prog)s pyproject.toml > .interlock/pyproject.schema.json",
    )
    schema.add_argument("schema", choices=MANIFESTS, metavar="NAME", help=", ".join(MANIFESTS))
    output_options(schema)
    schema.set_defaults(command=None)
