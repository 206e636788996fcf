"""``wheels build`` and ``wheels publish``."""

from typing import Annotated, Literal, TypedDict

from interlock.cli.documents.shared import CodeRun


class FarmWheel(TypedDict):
    """A wheel of a combination, or a combination that has none."""

    combination: Annotated[dict[str, str], "the version on each axis of the matrix"]
    name: Annotated[str | None, "the package; null for a combination as a whole"]
    version: Annotated[str | None, "null where only a build tells it"]
    status: Annotated[
        Literal["built", "stored", "prebuilt", "failed", "unsolvable", "nothing", "planned", "shared"],
        "what became of it; with --dry-run planned, or shared with another combination; nothing: none is built",
    ]
    seconds: Annotated[float | None, "how long its build took; with --dry-run that of earlier builds of the package"]
    wheel: Annotated[str | None, "the path of the wheel in the store"]
    sha256: Annotated[str | None, "its hash, hexadecimal"]
    log: Annotated[str | None, "the path of the log of its build"]
    codes: Annotated[list[str], "the codes of the findings that say why there is no wheel"]
    why: Annotated[str | None, "why there is no wheel, in a line"]


class WheelsBuild(TypedDict):
    """The wheels of an environment for every combination of a matrix; findings say why there are none, each once."""

    environment: str
    dry_run: Annotated[bool, "whether nothing was built"]
    combinations: Annotated[int, "the number of combinations"]
    builds: Annotated[int, "the number of different builds; combinations for which one wheel does share it"]
    wheels: list[FarmWheel]
    ran: Annotated[list[CodeRun], "whose code ran, while solving and while building"]


class PublishedWheel(TypedDict):
    """A wheel in the index, or with `--conda` a conda package in the channel."""

    filename: Annotated[str, "its name, which says what it was built against"]
    sha256: Annotated[str, "the hash of the file that is there, hexadecimal"]
    added: Annotated[bool, "whether it was added now; else there was a file of that name"]


class WheelsPublish(TypedDict):
    """The wheels of an environment in an index or a channel."""

    environment: str
    place: Annotated[str, "the directory or URL of the index or channel"]
    wheels: list[PublishedWheel]
