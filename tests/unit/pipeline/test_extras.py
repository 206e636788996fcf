"""A resolver that looks into conda packages for extras that turn out to count."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from packaging.utils import NormalizedName, canonicalize_name

from interlock.core.files import sha256_of
from interlock.pipeline.extras import WithExtras
from interlock.resolve.uv.pins import known_metadata
from interlock_hooks.testing.channel import Channel
from interlock_hooks.types import (
    CondaRecord,
    CondaSolution,
    InterlockError,
    Metadata,
    OfferedDistribution,
    ProvidedDistribution,
    PyPIRequest,
    Resolution,
)
from kit.engines import record
from unit.resolve.asking import LINUX, provided

DSH = canonicalize_name("dsh")


class Resolver:
    """Asks for an extra of dsh, and keeps what it was told in each call."""

    def __init__(self, entry: ProvidedDistribution) -> None:
        self.entry = replace(entry, extras=("x",))
        self.told: list[Metadata | None] = []

    def __call__(self, request: PyPIRequest) -> Resolution:
        self.told.append(known_metadata(request, DSH, self.entry.version))
        return Resolution(python=LINUX, provided=(self.entry,))


@pytest.fixture
def packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CondaRecord:
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(tmp_path / "cache"))
    path = Channel(tmp_path / "channel").add_distribution("dsh", "4.3", python="3.12", extras={"x": ["sel>=4"]})
    return replace(record("dsh", "4.3"), url=path.as_uri(), sha256=sha256_of(path))


def request(**options: object) -> PyPIRequest:
    plain = PyPIRequest(environment="default", python=LINUX, root="/", requirements=())
    return replace(plain, **options)  # type: ignore[arg-type]


def test_what_conda_supplies_is_looked_into_once(packed: CondaRecord) -> None:
    entry = provided("dsh 4.3")
    resolver = Resolver(entry)
    resolve = WithExtras(resolver, CondaSolution(platform="linux-64", records=(packed,)))
    for _ in range(2):
        assert resolve(request(provided=(entry,))).provided[0].extras == ("x",)
    first, second, third = resolver.told
    assert first is None
    assert second is not None
    assert second == third
    assert (second.version, second.requires_dist) == ("4.3", ("sel>=4 ; extra == 'x'",))


def test_what_the_manifest_declares_counts(packed: CondaRecord) -> None:
    declared = Metadata(name=DSH, requires_dist=("own; extra == 'x'",))
    resolver = Resolver(provided("dsh 4.3"))
    WithExtras(resolver, CondaSolution(platform="linux-64", records=(packed,)))(request(metadata=(declared,)))
    assert resolver.told == [declared]


@pytest.mark.parametrize("readable", [True, False])
def test_what_is_only_offered_is_looked_into_if_that_is_possible(packed: CondaRecord, *, readable: bool) -> None:
    asked: list[tuple[NormalizedName, str]] = []
    other = replace(packed, url="file:///nowhere.conda", sha256=None)

    def supplier(name: NormalizedName, version: str) -> CondaRecord:
        asked.append((name, version))
        return packed if readable else other

    resolver = Resolver(ProvidedDistribution(name=DSH, version="4.3", record=""))
    offer = OfferedDistribution(name=DSH, versions=("4.3", "4.2"))
    WithExtras(resolver, CondaSolution(platform="linux-64", records=()), supplier)(request(offered=(offer,)))
    assert asked == [(DSH, "4.3")]
    assert resolver.told[1] is not None
    assert resolver.told[1].provides_extra == (("x",) if readable else ())


def test_what_conda_supplies_and_cannot_be_looked_into_is_an_error(packed: CondaRecord) -> None:
    broken = replace(packed, url="file:///nowhere.conda", sha256=None)
    entry = provided("dsh 4.3")
    with pytest.raises(InterlockError) as caught:
        WithExtras(Resolver(entry), CondaSolution(platform="linux-64", records=(broken,)))(request(provided=(entry,)))
    assert caught.value.findings[0].code == "IL247"
