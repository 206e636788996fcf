"""``env map``."""

from typing import Annotated, Literal, TypedDict

from interlock.cli.documents.shared import Location, NameRule, Package


class MappedRecord(TypedDict):
    """A conda package."""

    name: str
    version: str
    build: str
    channel: str


class MappedPackage(TypedDict):
    """A conda package and the PyPI packages that it supplies."""

    conda: MappedRecord
    pypi: list[Package]
    rule: Annotated[NameRule, "how that is known"]
    source: Annotated[str | None, "the map or plugin that says so"]
    where: Annotated[Location | None, "the line of the manifest that says so"]


# "from" is a word of Python.
_From = TypedDict("_From", {"from": Annotated[Literal["lock", "channels"], "where the packages were found"]})


class EnvMap(_From):
    """Which PyPI packages conda packages supply."""

    environment: str
    platform: str
    name: Annotated[str, "the name that was asked for"]
    packages: list[MappedPackage]
