"""What channels serve: repodata with records of any age and care, and maps of PyPI names."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from kit.strategies import jsons, words
from kit.strategies.damage import changed


def _record(name: str, version: str, build: str, *depends: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "version": version,
        "build": build,
        "build_number": 0,
        "subdir": "linux-64",
        "depends": list(depends),
        "constrains": [],
        "license": "MIT",
        "md5": "cd" * 16,
        "sha256": "0" * 64,
        "size": 12,
        "timestamp": 1_700_000_000_000,
        **more,
    }


def _repodata(**records: dict[str, Any]) -> dict[str, Any]:
    files = {f"{each['name']}-{each['version']}-{each['build']}.conda": each for each in records.values()}
    return {
        "info": {"subdir": "linux-64"},
        "packages": {},
        "packages.conda": files,
        "removed": [],
        "repodata_version": 1,
    }


REPODATA = _repodata(
    python=_record("python", "3.12.7", "h1_0", "libzlib >=1.3,<2.0a0", "__glibc >=2.17"),
    older=_record("python", "3.11.9", "h1_0", "libzlib >=1.3,<2.0a0"),
    numpy=_record("numpy", "2.1.3", "py312_0", "python >=3.12,<3.13.0a0", purls=["pkg:pypi/numpy@2.1.3"]),
    tool=_record("tool", "1.0", "0", "python", noarch="python", purls=[]),
    libzlib=_record("libzlib", "1.3.1", "hb9d_2", constrains=["zlib 1.3.1 *_2"], track_features="x y"),
)
_PURLS = st.builds(
    "pkg:{}/{}{}".format,
    st.sampled_from(("pypi", "PyPI", "conda", "pypi/ns", "")),
    words.names | st.sampled_from(("a%2Fb", "%zz", "a%00b", "", "?", "#x")),
    st.just("") | words.versions.map("@{}".format) | st.sampled_from(("?a=b", "#sub", "@1?x#y", "@")),
)
_texts = words.match_specs | words.versions | words.texts | _PURLS
_keys = st.sampled_from(sorted({*_record("a", "1", "0"), "noarch", "purls", "track_features", "depends"})) | jsons.keys
repodata = changed((REPODATA,), _texts, jsons.values, _keys)
repodata_files: st.SearchStrategy[bytes] = jsons.texts(repodata)
fine_repodata: st.SearchStrategy[bytes] = changed((REPODATA,), _texts, _texts, _keys).map(json.dumps).map(str.encode)
"""Repodata in which texts are where texts were."""

MAP = {"pytorch": "torch", "airflow": ["airflow", "apache-airflow"], "zlib": None, "tool": False, "UPPER_Case": "x_Y"}
map_files: st.SearchStrategy[bytes] = jsons.texts(
    changed((MAP, [MAP], {}), words.texts, jsons.values, st.sampled_from(sorted(MAP)) | jsons.keys)
)
