"""``env install``."""

from typing import Annotated, TypedDict

from interlock.cli.documents.shared import BuildMode, CodeRun, Package


class CondaPackage(TypedDict):
    """A conda package."""

    name: str
    version: str
    build: Annotated[str, "the build string"]


class BuiltWheel(TypedDict):
    """A package that was built from source."""

    name: str
    version: str
    mode: Annotated[BuildMode, "what the build could see"]
    seconds: Annotated[float, "how long the build took, also if it was an earlier one"]
    from_store: Annotated[bool, "whether it was built earlier"]
    prebuilt: Annotated[bool, "whether somebody else has built it; nothing is known of that build then"]
    imports: Annotated[list[str], "the distributions that the build imported"]
    toolchain: Annotated[dict[str, str], "the compilers that it had, such as nvcc, and their paths"]
    downloads: Annotated[list[str], "the addresses that it asked for something"]
    wheel: Annotated[str, "the path of the wheel"]
    log: Annotated[str | None, "the path of the log; null if there is none on this machine"]


class EnvironmentReport(TypedDict):
    """An installed environment."""

    environment: Annotated[str, "its name"]
    platform: Annotated[str, "the platform that it is for"]
    prefix: Annotated[str, "its directory"]
    conda: Annotated[list[CondaPackage], "what comes from conda"]
    pypi: Annotated[list[Package], "what comes from PyPI as wheels"]
    built: Annotated[list[BuiltWheel], "what was built from source"]


class UnchangedEnvironment(EnvironmentReport):
    """An installed environment, and what the command changed."""

    changed: Annotated[bool, "whether the environment was changed"]
    locked: Annotated[bool, "whether the lock was written"]
    ran: Annotated[list[CodeRun], "whose code ran for that; none if there was nothing to do"]


class EnvInstall(UnchangedEnvironment, total=False):
    """What was installed."""

    seconds: Annotated[float, "how long the command ran; missing if there was nothing to do"]
