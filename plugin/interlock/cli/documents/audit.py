"""``audit`` and ``env doctor``."""

from typing import Annotated, Literal, TypedDict


class AuditedWheel(TypedDict):
    """A wheel."""

    wheel: Annotated[str, "its path, as it was given"]
    fits: Annotated[bool, "whether it fits; findings say why not"]


class Audit(TypedDict):
    """Which wheels fit an environment."""

    prefix: Annotated[str, "the directory of the environment"]
    wheels: list[AuditedWheel]


class KnownAdvisory(TypedDict):
    """An advisory on a locked version of a package."""

    id: str
    aliases: Annotated[list[str], "other names of the same"]
    summary: str
    package: str
    version: str
    fixed: Annotated[list[str], "versions that do not have it any more, oldest first"]
    required_by: Annotated[list[str], "packages, builds, or the project"]
    environments: Annotated[list[str], "the environments and platforms that it is locked for"]
    ignored: Annotated[str | None, "why the manifest ignores it; null if it does not"]


class Advisories(TypedDict):
    """What is known of the packages in the lock, with `--advisories`."""

    database: Annotated[str, "the path or address that was asked"]
    checked: Annotated[int, "the number of releases that were looked up"]
    unchecked: Annotated[list[str], "packages from directories, which are not published"]
    advisories: list[KnownAdvisory]


class AttestationPublisher(TypedDict):
    """Who has signed a file."""

    kind: Annotated[str, "where that is, such as GitHub"]
    identity: Annotated[str, "the repository or account there"]
    workflow: Annotated[str | None, "the workflow that signed; null if there is none"]


class AttestedFile(TypedDict):
    """A locked file."""

    package: str
    version: str
    file: Annotated[str, "the name of the file"]
    sha256: str
    environments: Annotated[list[str], "the environments and platforms that it is locked for"]
    state: Annotated[
        Literal["verified", "none", "invalid", "unknown"],
        "whether it has attestations and all hold; unknown if its index could not be asked",
    ]
    publishers: Annotated[list[AttestationPublisher], "who has signed it, if that is verified"]
    why: Annotated[str | None, "what is wrong, or why it is not known"]


class Attestations(TypedDict):
    """Who has signed the files in the lock, with `--attestations`."""

    files: list[AttestedFile]
    unchecked: Annotated[list[str], "packages that come from no index on a server, and files of prebuilt wheels"]


class EnvDoctor(TypedDict):
    """What was examined; findings say what is wrong."""

    prefix: Annotated[str, "the directory of the environment"]
    python: Annotated[str, "the version of its interpreter; empty if there is none"]
    checked: Annotated[dict[str, int], "how much was looked at, by kind"]
    errors: Annotated[int, "the number of errors"]
    warnings: Annotated[int, "the number of warnings"]
