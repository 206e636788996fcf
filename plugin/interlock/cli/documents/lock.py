"""``env lock``."""

from typing import Annotated, TypedDict

from interlock.cli.documents.shared import BuildMode, CodeRun


class PlannedBuild(TypedDict):
    """A package that has to be built from source."""

    name: str
    mode: Annotated[BuildMode, "what the build will see"]


class LockedPlatform(TypedDict):
    """An environment on a platform."""

    platform: str
    conda: Annotated[int, "the number of conda packages"]
    pypi: Annotated[int, "the number of PyPI packages"]
    builds: list[PlannedBuild]


class LockedEnvironment(TypedDict):
    """An environment in the lock."""

    name: str
    platforms: list[LockedPlatform]


class EnvLock(TypedDict):
    """What is in the lock."""

    lock: Annotated[str, "the path of the lock"]
    changed: Annotated[bool, "whether it was written"]
    environments: list[LockedEnvironment]
    ran: Annotated[list[CodeRun], "whose code ran to find out what is required; none if everything was known"]
