"""``wheels publish``."""

from typing import Annotated, TypedDict


class PublishedWheel(TypedDict):
    """A wheel in the index."""

    filename: Annotated[str, "its name, which says what it was built against"]
    sha256: Annotated[str, "the hash of the file in the index, hexadecimal"]
    added: Annotated[bool, "whether it was added now; else the index had a file of that name"]


class WheelsPublish(TypedDict):
    """The wheels of an environment in an index."""

    environment: str
    place: Annotated[str, "the directory or URL of the index"]
    wheels: list[PublishedWheel]
