"""Why something could not be had over a network, in plain words: libraries, uv and git each say it in their own."""

from __future__ import annotations

import re
from http import HTTPStatus

REFUSED = "the connection was refused"
TIMED_OUT = "the server timed out"
CLOSED = "the server closed the connection"
NO_ANSWER = "the server did not answer"
UNKNOWN_HOST = "its host name is not known here"
_REASONS = (
    (r"connection refused", REFUSED),
    (r"timed? ?out|timeout", TIMED_OUT),
    (r"name or service not known|name resolution|(?:failed to|not) resolve|resolving dns|getaddrinfo", UNKNOWN_HOST),
    (r"network is unreachable|no route to host", "no network leads to it"),
    (r"certificate", "its TLS certificate is not trusted here"),
    (r"connection (?:was )?(?:reset|closed|aborted)|without response|broken pipe", CLOSED),
    (r"end of file before message|before message completed|error decoding response body", CLOSED),
    (r"'Location' value|url scheme is not allowed", "it redirects to an address that is not one of HTTP"),
    (r"could not read (?:username|password)|authentication failed|permission denied", "it asks for credentials"),
    (r"does not appear to be a git repository|repository .*not found", "there is no git repository"),
    (r"couldn't find remote ref HEAD", "the repository is empty"),
    (r"couldn't find remote ref", "the repository does not have this branch, tag or commit"),
    (r"error sending request", NO_ANSWER),
    (
        r"network connectivity is disabled|the network was disabled",
        "the network is switched off for uv, and its cache does not have it",
    ),
)
_STATUS = re.compile(r"(?:HTTP status \w+ error \(|returned error: )(\d{3})\b")


def in_words(said: str) -> str | None:
    """The reason in what a program said; ``None`` if it is none of those that are known."""
    if status := _STATUS.search(said):
        return answered(int(status[1]))
    return next((words for pattern, words in _REASONS if re.search(pattern, said, re.IGNORECASE)), None)


def answered(status: int) -> str:
    """What an HTTP status says."""
    try:
        return f"the server answers {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"the server answers {status}"
