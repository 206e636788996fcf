from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from interlock.core.files import sha256_of
from interlock.solve.held import held_distributions, held_metadata
from interlock_hooks.testing.channel import Channel
from interlock_hooks.types import CondaRecord, InterlockError, Metadata, ProvidedDistribution
from kit.documents import serve_documents
from solve.conftest import record


@pytest.fixture
def packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CondaRecord:
    """A split package, whose files are those of another distribution, with its record."""
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(tmp_path / "cache"))
    channel = Channel(tmp_path / "channel")
    path = channel.add_distribution("Foo_Bar", "1.5", python="3.12", conda_name="foo-base")
    return replace(record("foo-base", "7"), url=path.as_uri(), sha256=sha256_of(path))


def test_a_package_is_looked_into_once(packed: CondaRecord) -> None:
    assert held_distributions([packed]) == {"foo-base": {"foo-bar": "1.5"}}
    Path(packed.url.removeprefix("file://")).unlink()
    assert held_distributions([packed]) == {"foo-base": {"foo-bar": "1.5"}}


def test_a_package_on_a_server_is_looked_into(packed: CondaRecord) -> None:
    with serve_documents() as documents:
        documents.put("foo.conda", Path(packed.url.removeprefix("file://")).read_bytes())
        remote = replace(packed, url=f"{documents.url}/foo.conda", sha256=None)
        assert held_distributions([remote]) == {"foo-base": {"foo-bar": "1.5"}}


def test_a_package_that_cannot_be_looked_into() -> None:
    with serve_documents() as documents, pytest.raises(InterlockError) as error:
        held_distributions([replace(record("x"), url=f"{documents.url}/missing-1.0-0.conda")])
    (finding,) = error.value.findings
    assert finding.code == "IL244"
    assert "conda-pypi-map" in finding.fix
    with pytest.raises(InterlockError, match=r"which PyPI packages x 1\.0 0 supplies"):
        held_distributions([replace(record("x"), url="file:///nowhere/x-1.0-0.conda")])


EXTRAS = {"testing": ["sel>=4"], "My_All": ["foo-bar[testing]"]}
EGG = "lib/python3.12/site-packages/Foo_Bar-1.5-py3.12.egg-info"


def provided(record: CondaRecord) -> ProvidedDistribution:
    return ProvidedDistribution(
        name=canonicalize_name("foo-bar"), version="1.5", record=record.name, extras=("testing",)
    )


def held(path: Path) -> tuple[CondaRecord, Metadata]:
    found = replace(record("foo-base", "7"), url=path.as_uri(), sha256=sha256_of(path))
    return found, held_metadata(found, provided(found))


@pytest.fixture
def channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Channel:
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(tmp_path / "cache"))
    return Channel(tmp_path / "channel")


def test_what_extras_require(channel: Channel) -> None:
    path = channel.add_distribution("Foo_Bar", "1.5", python="3.12", requires=["always"], extras=EXTRAS)
    found, metadata = held(path)
    assert metadata.provides_extra == ("testing", "my-all")
    assert metadata.requires_dist == (
        "always",
        "sel>=4 ; extra == 'testing'",
        "foo-bar[testing] ; extra == 'My_All'",
    )
    assert metadata.origin == "conda"
    path.unlink()
    assert held_metadata(found, provided(found)) == metadata


@pytest.mark.parametrize("ranges", [True, False])
def test_metadata_of_a_package_on_a_server(channel: Channel, *, ranges: bool) -> None:
    path = channel.add_distribution("Foo_Bar", "1.5", python="3.12", extras=EXTRAS)
    with serve_documents() as documents:
        documents.put("foo.conda", path.read_bytes(), ranges=ranges)
        remote = replace(record("foo-base", "7"), url=f"{documents.url}/foo.conda", sha256=None)
        assert held_metadata(remote, provided(remote)).provides_extra == ("testing", "my-all")


def test_metadata_of_an_old_form(channel: Channel) -> None:
    files = {
        f"{EGG}/PKG-INFO": "Metadata-Version: 1.0\nName: Foo_Bar\nVersion: 1.5\n",
        f"{EGG}/requires.txt": "always\n\n[testing]\nsel>=4\n",
    }
    _, metadata = held(channel.add("foo-base", "7", files=files))
    assert metadata.provides_extra == ("testing",)
    assert metadata.requires_dist == ("always", 'sel>=4; extra == "testing"')


def test_a_package_that_does_not_tell_its_extras(channel: Channel) -> None:
    with pytest.raises(InterlockError, match=r"what foo-bar\[testing\] requires") as error:
        held(channel.add("foo-base", "7", files={"share/foo": "x"}))
    assert error.value.findings[0].code == "IL247"
    broken = replace(record("foo-base", "7"), url="file:///nowhere/foo-7-0.conda")
    with pytest.raises(InterlockError, match=r"what foo-bar\[testing\] requires"):
        held_metadata(broken, provided(broken))
