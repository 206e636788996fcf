"""``wheels publish``."""

from typing import Annotated, TypedDict


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
