from __future__ import annotations

import pytest

from interlock.engines.network_reasons import CLOSED, REFUSED, TIMED_OUT, UNKNOWN_HOST, in_words


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Connection refused (os error 111)", REFUSED),
        ("Failed to establish a new connection: [Errno 111] Connection refused", REFUSED),
        ("operation timed out", TIMED_OUT),
        ("Read timed out. (read timeout=5)", TIMED_OUT),
        ("failed to lookup address information: Name or service not known", UNKNOWN_HOST),
        ("ssh: Could not resolve hostname nowhere.invalid", UNKNOWN_HOST),
        ("Failed to resolve 'nowhere.invalid' ([Errno -3] Temporary failure in name resolution)", UNKNOWN_HOST),
        ("invalid peer certificate: UnknownIssuer", "its TLS certificate is not trusted here"),
        ("HTTP status client error (403 Forbidden) for url (http://a/b)", "the server answers 403 Forbidden"),
        ("HTTP status server error (599 <unknown status code>) for url (http://a)", "the server answers 599"),
        ("The requested URL returned error: 404", "the server answers 404 Not Found"),
        ("fatal: couldn't find remote ref HEAD", "the repository is empty"),
        ("git@example.invalid: Permission denied (publickey).", "it asks for credentials"),
        ("error reading a body from connection: end of file before message length reached", CLOSED),
        ("error sending request for url (http://a/b): tcp connect error: Connection refused (os error 111)", REFUSED),
        ("something else", None),
    ],
)
def test_what_programs_say(said: str, words: str | None) -> None:
    assert in_words(said) == words
