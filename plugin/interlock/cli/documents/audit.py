"""``audit`` and ``env doctor``."""

from typing import Annotated, TypedDict


class AuditedWheel(TypedDict):
    """A wheel."""

    wheel: Annotated[str, "its path, as it was given"]
    fits: Annotated[bool, "whether it fits; findings say why not"]


class Audit(TypedDict):
    """Which wheels fit an environment."""

    prefix: Annotated[str, "the directory of the environment"]
    wheels: list[AuditedWheel]


class EnvDoctor(TypedDict):
    """What was examined; findings say what is wrong."""

    prefix: Annotated[str, "the directory of the environment"]
    python: Annotated[str, "the version of its interpreter; empty if there is none"]
    checked: Annotated[dict[str, int], "how much was looked at, by kind"]
    errors: Annotated[int, "the number of errors"]
    warnings: Annotated[int, "the number of warnings"]
