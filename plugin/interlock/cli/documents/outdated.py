"""``env outdated``."""

from typing import Annotated, TypedDict

from interlock.cli.documents.shared import CodeRun, Ecosystem


class OutdatedPackage(TypedDict):
    """A locked package that could be newer."""

    name: str
    ecosystem: Ecosystem
    direct: Annotated[bool, "whether the manifest asks for it"]
    locked: Annotated[str, "the locked version"]
    update: Annotated[str | None, "the version within the bounds of the manifest; null if the package would go"]
    upgrade: Annotated[str | None, "the version beyond them; null if the package would go"]


class OutdatedEnvironment(TypedDict):
    """What could be newer in an environment on a platform."""

    environment: str
    platform: str
    packages: list[OutdatedPackage]


class EnvOutdated(TypedDict):
    """What could be newer."""

    environments: list[OutdatedEnvironment]
    ran: Annotated[list[CodeRun], "whose code ran to find that out"]
