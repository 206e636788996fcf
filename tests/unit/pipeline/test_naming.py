from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from interlock.core.files import sha256_of
from interlock.pipeline.naming import name_records, provided_distributions
from interlock.plugins.builtin import register_builtins
from interlock.plugins.manager import Plugins
from interlock.solve import maps
from interlock_hooks import hookimpl
from interlock_hooks.testing.channel import Channel
from interlock_hooks.types import (
    ChannelNames,
    CondaRecord,
    Event,
    FindingReported,
    InterlockError,
    MappedNames,
    NameOrigin,
)
from kit.documents import serve_documents
from kit.hooks import plugin, request

FORGE = "https://conda.anaconda.org/conda-forge/"
OWN = "https://host/own/"


def record(name: str, *, channel: str = OWN, version: str = "1.0", **fields: object) -> CondaRecord:
    file_name = f"{name}-{version}-0.conda"
    url = f"{channel}linux-64/{file_name}"
    known = {"build": "0", "build_number": 0, "subdir": "linux-64", "file_name": file_name, "url": url}
    return CondaRecord(name=name, version=version, channel=channel, **{**known, **fields})  # type: ignore[arg-type]


@pytest.fixture
def plugins() -> Plugins:
    made = Plugins()
    register_builtins(made)
    return made


@pytest.fixture
def rules(plugins: Plugins, tmp_path: Path) -> Callable[..., dict[str, tuple[str, ...]]]:
    """The rule, its source and the names for each record."""

    def ask(*records: CondaRecord, channels: tuple[ChannelNames, ...] = ()) -> dict[str, tuple[str, ...]]:
        asked = replace(request(tmp_path), pypi_names=channels)
        found = name_records(records, asked, plugins)
        return {
            each.record.name: (each.origin.rule, each.origin.source, *(entry.name for entry in each.supplies))
            for each in found
        }

    return ask


def answering(name: str, *names: str) -> object:
    return plugin(interlock_pypi_names=hookimpl(lambda record: list(names) if record.name == name else None))


def test_the_manifest_comes_before_plugins_and_these_before_what_is_known(plugins, rules) -> None:
    plugins.register_builtin("built-in", answering("built", "in"))
    plugins._register("mine", answering("numpy", "Num_Py"))
    plugins._register("other", answering("scipy", "sci"))
    said = MappedNames(names=("said",), origin=NameOrigin(rule="inline"))
    numpy, scipy, torch = (record(name, channel=FORGE) for name in ("numpy", "scipy", "pytorch"))
    found = rules(numpy, scipy, torch, record("built"))
    assert found["numpy"] == ("plugin", "mine", "num-py")
    assert found["scipy"] == ("plugin", "other", "sci")
    assert found["pytorch"] == ("snapshot", "", "torch")
    manifest = ChannelNames(channel="conda-forge", inline={"numpy": said})
    assert rules(numpy, channels=(manifest,))["numpy"] == ("inline", "", "said")
    assert rules(numpy, channels=(ChannelNames(channel="*", off=True),))["numpy"] == ("off", "")


def test_a_wrapper_is_named_where_it_changes_the_answer(plugins, rules) -> None:
    def add(record: CondaRecord):
        names = yield
        return [*names, "more"] if record.name == "numpy" else names

    plugins._register("wrapping", plugin(interlock_pypi_names=hookimpl(wrapper=True)(add)))
    numpy, scipy = record("numpy", channel=FORGE), record("scipy", channel=FORGE)
    assert rules(numpy, scipy) == {
        "numpy": ("plugin", "wrapping", "numpy", "more"),
        "scipy": ("snapshot", "", "scipy"),
    }


def test_files_tell_what_nothing_else_does(
    plugins: Plugins, rules: Callable[..., object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(tmp_path / "cache"))
    channel = Channel(tmp_path / "channel")
    path = channel.add_distribution("Foo", "1.5", python="3.12", conda_name="foo-base")
    split = record("foo-base", url=path.as_uri(), sha256=sha256_of(path), depends=("python 3.12.*",), version="9")
    # Records without dependency on python are not looked into: their address leads nowhere.
    assert rules(split, record("libfoo")) == {"foo-base": ("files", "", "foo"), "libfoo": ("none", "")}
    (found,) = provided_distributions((split,), request(tmp_path), plugins)
    assert (found.name, found.version, found.record) == ("foo", "1.5", "foo-base")
    off = (ChannelNames(channel="own", off=True),)
    assert rules(split, channels=off) == {"foo-base": ("files", "", "foo")}
    with pytest.raises(InterlockError, match="supplies"):
        rules(record("bar", depends=("python",), url="file:///nowhere/bar-1-0.conda"))


def test_an_old_copy_of_a_map_is_reported(
    plugins: Plugins, rules: Callable[..., object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(tmp_path / "cache"))
    told: list[Event] = []
    plugins.register_builtin("listener", plugin(interlock_event=hookimpl(lambda event: told.append(event))))
    with serve_documents() as documents:
        documents.put("map.json", json.dumps({"bar": "Bar_Py"}), max_age=0)
        url = f"{documents.url}/map.json"
        entry = ChannelNames(channel="own", location=url)
        assert rules(record("bar"), channels=(entry,)) == {"bar": ("map", url, "bar-py")}
        assert told == []
        documents.broken = True
        maps.map_at.cache_clear()
        assert rules(record("bar"), channels=(entry,)) == {"bar": ("map", url, "bar-py")}
    (event,) = told
    assert isinstance(event, FindingReported)
    assert event.finding.code == "IL243"
