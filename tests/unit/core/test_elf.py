from __future__ import annotations

import io

import pytest

from interlock.core.elf import NotReadableError, reading_elf

HEADER = b"\x7fELF\x02\x01\x01" + bytes(9)


@pytest.mark.parametrize("content", [b"", b"no library", HEADER, HEADER + b"\xff" * 48])
def test_every_fault_of_a_file_is_one_exception(content):
    with pytest.raises(NotReadableError), reading_elf(io.BytesIO(content)) as elf:
        list(elf.iter_sections())
