from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from interlock.core.files import sha256_of
from interlock.solve.held import held_distributions
from interlock_hooks.types import CondaRecord, InterlockError
from kit.channel import Channel
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
