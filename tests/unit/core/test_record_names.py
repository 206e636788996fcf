"""The texts of conda records that become names of files."""

from __future__ import annotations

from dataclasses import replace

import pytest

from interlock.core.record_names import check_record_names
from kit.locked import record


def test_names_and_places() -> None:
    plain = record("python 3.12.7 h1_0_cpython")
    check_record_names(plain)
    check_record_names(replace(plain, version="1!2.0+3", python_site_packages_path="lib/python3.13t/site-packages"))
    with pytest.raises(ValueError, match=r"its file name '\.\./x\.conda' cannot be the name of a file"):
        check_record_names(replace(plain, file_name="../x.conda"))
    with pytest.raises(ValueError, match="outside of the environment"):
        check_record_names(replace(plain, python_site_packages_path="lib/../../x"))
