from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from interlock.core.site_metadata import distributions_in_files


def test_metadata_among_files() -> None:
    paths = [
        "lib/python3.12/site-packages/Foo_Bar-1.2.dist-info/METADATA",
        "lib/python3.12/site-packages/Foo_Bar-1.2.dist-info/RECORD",
        "site-packages/pure-2.0.dist-info/METADATA",
        "Lib\\site-packages\\windows-3.0.dist-info\\METADATA",
        "lib/python3.9/site-packages/old-0.1-py3.9.egg-info/PKG-INFO",
        "lib/python3.9/site-packages/older_one-0.2-py3.9.egg-info",
        "lib/python3.12/site-packages/setuptools/_vendor/packaging-24.2.dist-info/METADATA",
        "lib/python3.12/site-packages/nameless.dist-info/METADATA",
        "share/doc/x-1.0.dist-info/METADATA",
    ]
    expected = {"foo-bar": "1.2", "old": "0.1", "older-one": "0.2", "pure": "2.0", "windows": "3.0"}
    assert distributions_in_files(paths) == expected


@given(st.lists(st.text("ab1.-_!+/", max_size=30).map("site-packages/{}.dist-info/METADATA".format)))
def test_any_file_name(paths: list[str]) -> None:
    assert all(name and version for name, version in distributions_in_files(paths).items())
