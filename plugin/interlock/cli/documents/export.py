"""``env export`` and ``env pack``."""

from typing import Annotated, TypedDict

from interlock.cli.documents.shared import Page


class ExportedEnvironment(TypedDict):
    """An environment in the file."""

    name: str
    platform: str


class EnvExport(Page):
    """What was exported."""

    format: Annotated[str, "the format of --format"]
    environments: list[ExportedEnvironment]


class EnvPack(TypedDict):
    """The archive that was written."""

    environment: str
    file: Annotated[str, "its path"]
    size: Annotated[int, "in bytes"]
    files: Annotated[int, "the number of files in it"]
    sha256: Annotated[str, "its hash, hexadecimal"]
