from __future__ import annotations

import pytest

from interlock.builds.store.entry import Entry

SHA256 = "a" * 64


def test_an_entry_comes_back_as_it_was():
    entry = Entry(name="Ext", version="1.0", mode="matched", filename="ext-1.0-py3-none-any.whl", sha256=SHA256)
    assert Entry.loads(entry.dumps()) == entry


@pytest.mark.parametrize(
    "filename",
    ["other-1.0-py3-none-any.whl", "noext", "..", "ext-1.0-py3-none-../any.whl", "../ext-1.0-py3-none-any.whl", ""],
)
def test_a_store_of_others_cannot_name_another_file(filename):
    entry = Entry(name="ext", version="1.0", mode="matched", filename=filename, sha256=SHA256)
    with pytest.raises(ValueError, match=r"whl|wheel"):
        Entry.loads(entry.dumps())
