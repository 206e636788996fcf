from __future__ import annotations

from interlock.engines.rattler.convert import from_rattler, to_rattler, to_rattler_channels, to_rattler_virtual
from interlock_hooks.types import CondaRecord, VirtualPackage

FULL = CondaRecord(
    name="python",
    version="3.12.7",
    build="h1_0_cpython",
    build_number=3,
    subdir="linux-64",
    url="https://host.example/private/linux-64/python-3.12.7-h1_0_cpython.conda",
    file_name="python-3.12.7-h1_0_cpython.conda",
    channel="https://host.example/private/",
    sha256="ab" * 32,
    md5="cd" * 16,
    size=123,
    depends=("libzlib >=1.3", "__glibc >=2.17"),
    constrains=("python_abi 3.12.* *_cp312",),
    purls=(),
    license="Python-2.0",
    timestamp=1700000000123,
    track_features=("slow", "old"),
    python_site_packages_path="lib/python3.12/site-packages",
)
OLD = CondaRecord(
    name="pure",
    version="1.0",
    build="py_0",
    build_number=0,
    subdir="noarch",
    url="file:///channel/noarch/pure-1.0-py_0.tar.bz2",
    file_name="pure-1.0-py_0.tar.bz2",
    channel="file:///channel/",
    purls=("pkg:pypi/pure@1.0",),
    noarch="python",
)


def test_records_survive_the_way_to_rattler_and_back() -> None:
    there = to_rattler([FULL, OLD])
    assert [record.name.normalized for record in there] == ["python", "pure"]
    assert there[0].sha256 == bytes.fromhex("ab" * 32)
    assert there[0].timestamp is not None
    assert int(there[0].timestamp.timestamp() * 1000) == FULL.timestamp
    assert there[1].noarch.python
    assert [from_rattler(record) for record in there] == [FULL, OLD]


def test_no_records() -> None:
    assert to_rattler([]) == []


def test_channels_by_name_and_url() -> None:
    channels = to_rattler_channels(["conda-forge", "file:///a/b", "conda-forge/", "https://host/c/"])
    assert [channel.base_url for channel in channels] == [
        "https://conda.anaconda.org/conda-forge/",
        "file:///a/b/",
        "https://host/c/",
    ]


def test_virtual_packages_keep_their_build_string() -> None:
    (archspec,) = to_rattler_virtual([VirtualPackage(name="__archspec", version="1", build="x86_64_v3")])
    assert str(archspec) == "__archspec=1=x86_64_v3"
