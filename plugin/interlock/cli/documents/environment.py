"""``env info``, ``list``, ``run``, ``exec`` and ``clean``."""

from typing import Annotated, Literal, TypedDict


class VirtualPackage(TypedDict):
    """A property of the machine, such as __cuda."""

    name: str
    version: Annotated[str, "empty if the machine lacks it"]
    build: str
    origin: Annotated[Literal["declared", "override", "plugin", "detected", "default"], "who says so"]


class EnvironmentInfo(TypedDict):
    """An environment of the manifest."""

    name: str
    platforms: list[str]
    prefix: Annotated[str, "its directory"]
    installed: bool
    solve_group: Annotated[str | None, "the group with which it shares versions"]


class LockInfo(TypedDict):
    """The lock."""

    path: str
    state: Annotated[Literal["missing", "current", "outdated"], "whether it is up to date with the manifest"]


class ConfinementInfo(TypedDict):
    """What builds may do."""

    writing: Annotated[bool, "whether this machine keeps builds from writing elsewhere"]
    network: Annotated[bool, "whether this machine could keep builds from the network"]
    denied: Annotated[bool, "whether the manifest denies the network to builds"]
    memory: Annotated[bool, "whether the kernel would hold builds to a limit of memory; else they are watched"]


class EnvInfo(TypedDict):
    """The project, its environments and the machine; each plugin can add a key of its own."""

    name: Annotated[str, "the name of the project"]
    manifest: Annotated[str, "the path of the manifest"]
    platform: Annotated[str, "the platform that counts here"]
    channels: list[str]
    virtual_packages: Annotated[list[VirtualPackage], "what a solve takes the machine to have"]
    environments: list[EnvironmentInfo]
    lock: LockInfo
    plugins: Annotated[list[str], "the plugins that the manifest names"]
    confinement: ConfinementInfo
    cache: Annotated[str, "Interlock's cache"]
    versions: Annotated[dict[str, str], "the versions of Interlock and its engines"]
    unread: Annotated[list[str], "environment files that are not read, since another manifest lies beside them"]


class ListedPackage(TypedDict):
    """A package."""

    name: str
    version: str
    kind: Annotated[Literal["conda", "pypi", "built"], "what it is; built is from source"]
    source: Annotated[str, "the channel, the kind of the artifact, or how it was built: the mode, or prebuilt"]


class EnvList(TypedDict):
    """The packages of an environment."""

    environment: str
    installed: Annotated[bool, "whether they are installed, or else only locked"]
    packages: list[ListedPackage]


class EnvRun(TypedDict):
    """How a program ended; what it prints is on stderr."""

    environment: str
    program: Annotated[list[str], "the program and its arguments"]
    status: Annotated[int, "its exit code"]


class EnvExec(TypedDict):
    """How a program ended; what it prints is on stderr."""

    prefix: Annotated[str, "the directory of the throw-away environment"]
    program: Annotated[list[str], "the program and its arguments"]
    status: Annotated[int, "its exit code"]


class EnvClean(TypedDict):
    """What was removed."""

    removed: Annotated[list[str], "the directories"]
