from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name
from packaging.version import Version

from interlock.builds.prebuilt.errors import UnlistedError
from interlock.builds.prebuilt.listing import address_of, list_wheels
from interlock.builds.prebuilt.target import Target
from interlock.core.cuda_versions import CudaVersion
from interlock_hooks.types import PrebuiltSource, PythonTarget
from kit.documents import serve_documents

SHA = "a" * 64
NAME = canonicalize_name("fa")
PYTHON = PythonTarget(version="3.11.9", platform="linux-64")
TARGET = Target(PYTHON, Version("2.6.0+cu124"), "cuda", CudaVersion(12, 4))


def listed(path: Path, content: str) -> list[tuple[str, str | None]]:
    path.write_text(content)
    return [(each.filename, each.sha256) for each in list_wheels(path.as_uri())]


def test_a_directory(tmp_path: Path) -> None:
    for name in ("fa-1.0-py3-none-any.whl", "fa-1.0.tar.gz", "other.txt"):
        (tmp_path / name).touch()
    (found,) = list_wheels(tmp_path.as_uri())
    assert (found.filename, found.url) == ("fa-1.0-py3-none-any.whl", (tmp_path / "fa-1.0-py3-none-any.whl").as_uri())


def test_a_page_of_links(tmp_path: Path) -> None:
    page = f"""
    <html><head><base href="https://example.org/whl/"></head><body>
    <a href="fa-1.0%2Bpt26-cp311-cp311-linux_x86_64.whl#sha256={SHA}">one</a>
    <A HREF='/deep/fa-1.1-py3-none-any.whl'>two</A>
    <a href="fa-1.0.tar.gz">sdist</a> <a href="fa-0.9-py3-none-any.whl" data-yanked="broken">yanked</a>
    <a href="javascript:fa-1.2-py3-none-any.whl">no</a> <a href="http://[bad/fa-1.3-py3-none-any.whl">no</a> <a>none</a>
    """
    assert listed(tmp_path / "page.html", page) == [
        ("fa-1.0+pt26-cp311-cp311-linux_x86_64.whl", SHA),
        ("fa-1.1-py3-none-any.whl", None),
    ]


def test_a_page_of_an_index_in_json(tmp_path: Path) -> None:
    files = [
        {"filename": "x", "url": "https://example.org/fa-1.0-py3-none-any.whl", "hashes": {"sha256": SHA}, "size": 7},
        {"filename": "x", "url": "https://example.org/fa-0.9-py3-none-any.whl", "hashes": {}, "yanked": "broken"},
    ]
    assert listed(tmp_path / "page.json", json.dumps({"files": files})) == [("fa-1.0-py3-none-any.whl", SHA)]


def test_a_release(tmp_path: Path) -> None:
    assets = [
        {"browser_download_url": "https://example.org/d/fa-1.0-py3-none-any.whl", "digest": f"sha256:{SHA}"},
        {"browser_download_url": "https://example.org/d/fa-1.0-py2-none-any.whl", "digest": None},
        {"browser_download_url": "https://example.org/d/notes.txt"},
    ]
    assert listed(tmp_path / "release.json", json.dumps({"assets": assets})) == [
        ("fa-1.0-py3-none-any.whl", SHA),
        ("fa-1.0-py2-none-any.whl", None),
    ]


@pytest.mark.parametrize("text", ['{"files": 3}', '{"assets": [{}]}', "{", '{"files": [[]]}', '{"other": []}'])
def test_json_of_another_kind_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnlistedError, match="JSON"):
        listed(tmp_path / "page.json", text)


@given(st.binary() | st.text().map(str.encode) | st.sampled_from(['<a href="', '{"files":[']).map(str.encode))
def test_any_page_is_wheels_or_told(page: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page"
        path.write_bytes(page)
        with suppress(UnlistedError):
            assert all(each.filename.endswith(".whl") for each in list_wheels(path.as_uri()))


def test_a_place_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnlistedError, match="No such file"):
        list_wheels((tmp_path / "missing").as_uri())


def test_an_object_store() -> None:
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    memory.pipe_file("/prebuilt-wheels/fa-1.0-py3-none-any.whl", b"x")
    memory.pipe_file("/prebuilt-wheels/README", b"x")
    (found,) = list_wheels("memory://prebuilt-wheels")
    assert (found.filename, found.url) == (
        "fa-1.0-py3-none-any.whl",
        "memory://prebuilt-wheels/fa-1.0-py3-none-any.whl",
    )


def test_addresses_are_filled_in() -> None:
    url = "https://example.org/v{version}/torch-{torch}+{cuda}.html"
    assert address_of(PrebuiltSource(url=url), NAME, "1.0", TARGET) == "https://example.org/v1.0/torch-2.6.0+cu124.html"
    index = PrebuiltSource(url="https://example.org/simple", index=True)
    assert address_of(index, NAME, "1.0", TARGET) == "https://example.org/simple/fa/"
    with pytest.raises(UnlistedError, match="torch"):
        address_of(PrebuiltSource(url=url), NAME, "1.0", Target(PYTHON))


def test_with_the_network_switched_off_pages_are_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(tmp_path / "cache"))
    with serve_documents() as documents:
        documents.put("page", '<a href="fa-1.0-py3-none-any.whl"></a>')
        pages = [f"{documents.url}/page", f"{documents.url}/other"]
        (found,) = list_wheels(pages[0])
    monkeypatch.setenv("INTERLOCK_OFFLINE", "1")
    assert list_wheels(pages[0]) == [found]
    with pytest.raises(UnlistedError, match="the network is switched off"):
        list_wheels(pages[1])
