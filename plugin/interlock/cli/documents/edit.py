"""``init``, and the commands that edit the manifest or move the lock."""

from typing import Annotated, Any, TypedDict

from interlock.cli.documents.graphs import EnvironmentChanges
from interlock.cli.documents.install import EnvInstall
from interlock.cli.documents.shared import CodeRun, Ecosystem


class Init(TypedDict):
    """The project that was made."""

    manifest: Annotated[str, "the path of the manifest"]
    written: Annotated[list[str], "the files that were written"]


class Choice(TypedDict):
    """A package that is added."""

    name: str
    ecosystem: Annotated[Ecosystem, "where it comes from"]
    version: Annotated[str | None, "the bounds that are written; null for any version"]
    why: Annotated[str | None, "why it comes from there"]


class Written(TypedDict):
    """A key of a file that was written, or would be."""

    file: str
    line: int | None
    key: str | None
    old: Annotated[Any, "its value before; null if it is new"]
    new: Annotated[Any, "its value now; null if it is gone"]


class MovedLock(TypedDict):
    """How the manifest and the lock change."""

    manifest: Annotated[str, "the path of the manifest"]
    lock: Annotated[str, "the path of the lock"]
    changed: Annotated[bool, "whether anything changes; with --dry-run nothing is written"]
    written: Annotated[list[Written], "what changes in the manifest"]
    environments: Annotated[list[EnvironmentChanges], "what changes in the lock"]
    installed: Annotated[EnvInstall | None, "what was installed; null if nothing was to be"]
    ran: Annotated[list[CodeRun], "whose code ran, while solving and while installing"]


class EditedManifest(MovedLock):
    """How the manifest and the lock change."""

    added: Annotated[list[Choice], "the packages that are added"]
