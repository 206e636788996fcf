from __future__ import annotations

import pytest

from interlock.core.signing_keys import is_key, key_bytes, key_text

KEY = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="


def test_a_key_is_written_as_in_its_pem_file() -> None:
    # RFC 8032, 7.1
    data = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    assert key_bytes(KEY) == data
    assert key_text(data) == KEY


@pytest.mark.parametrize("text", ["", KEY[:-4], f"{KEY} ", KEY[16:], "ssh-ed25519 AAAA", "é" * 60, f"{KEY[:-1]}A"])
def test_anything_else_is_none(text: str) -> None:
    assert is_key(KEY)
    assert not is_key(text)
