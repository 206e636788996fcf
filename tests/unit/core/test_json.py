from __future__ import annotations

import pytest

from interlock.core.json import parse_json


def test_data_in_every_encoding_of_json() -> None:
    assert parse_json('{"a": ["ü", 1, null]}'.encode()) == {"a": ["ü", 1, None]}
    assert parse_json('"ü"'.encode("utf-16")) == "ü"
    assert parse_json(rb'"\ud83d\ude00"') == "\U0001f600"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"<html>", id="page"),
        pytest.param(b"\xff", id="bytes"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"[" * 100_000, id="arrays"),
        pytest.param(b'{"a":' * 100_000, id="objects"),
        pytest.param(b"1" * 5000, id="number"),
        pytest.param(rb'["a", "\ud83d"]', id="half"),
        pytest.param(rb'{"\uDE00x": 1}', id="half-key"),
    ],
)
def test_everything_else_is_one_error(content: bytes) -> None:
    with pytest.raises(ValueError):
        parse_json(content)
