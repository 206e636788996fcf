from __future__ import annotations

import asyncio
import http.server
from collections.abc import Iterator
from pathlib import Path

import pytest
from rattler import Client

from interlock.engines.rattler import runtime
from interlock.engines.rattler.solver import solve
from interlock_hooks.testing.channel import Channel
from interlock_hooks.testing.loopback import QuietHandler, serving
from interlock_hooks.types import CondaSpec, Finding, InterlockError, Location, VirtualPackage


def names(solution) -> list[str]:
    return [record.name for record in solution.records]


def versions(solution) -> dict[str, str]:
    return {record.name: record.version for record in solution.records}


def refused(request) -> Finding:
    with pytest.raises(InterlockError) as caught:
        solve(request)
    assert len(caught.value.findings) == 1
    return caught.value.findings[0]


def test_dependencies_come_first(channel: Channel, ask) -> None:
    channel.add("app", "1.0", depends=["lib >=2"])
    channel.add("lib", "1.0")
    channel.add("lib", "2.0", depends=["base"])
    channel.add("base", "1.0", noarch="generic")
    solution = solve(ask("app"))
    assert names(solution) == ["base", "lib", "app"]
    assert versions(solution)["lib"] == "2.0"
    assert solution.platform == "linux-64"
    assert solution.channels == (channel.url,)


def test_a_record_holds_what_installing_needs(channel: Channel, ask) -> None:
    path = channel.add("lib", "2.0", depends=["base"], constrains=["other >=1"], purls=["Lib"])
    channel.add("base", "1.0", noarch="generic")
    record = solve(ask("lib")).get("lib")
    assert record is not None
    assert record.url == path.as_uri()
    assert record.file_name == path.name
    assert record.size == path.stat().st_size
    assert record.sha256
    assert len(record.sha256) == 64
    assert record.depends == ("base",)
    assert record.constrains == ("other >=1",)
    assert record.purls == ("pkg:pypi/Lib",)
    assert record.noarch is None


def test_preferred_records_win_where_the_specs_allow(channel: Channel, ask) -> None:
    channel.add("lib", "1.0")
    locked = solve(ask("lib")).records
    channel.add("lib", "2.0")
    assert versions(solve(ask("lib"))) == {"lib": "2.0"}
    assert versions(solve(ask("lib", preferred=locked))) == {"lib": "1.0"}
    assert versions(solve(ask("lib >1", preferred=locked))) == {"lib": "2.0"}


def test_constraints_restrict_without_installing(channel: Channel, ask) -> None:
    channel.add("lib", "1.0")
    channel.add("lib", "2.0")
    channel.add("other", "1.0")
    constraints = (CondaSpec(spec="lib <2"),)
    assert versions(solve(ask("lib", constraints=constraints))) == {"lib": "1.0"}
    assert versions(solve(ask("other", constraints=constraints))) == {"other": "1.0"}


def test_a_spec_with_a_condition_counts_where_that_holds(channel: Channel, ask) -> None:
    channel.add("lib", "1.0")
    channel.add("other", "1.0")
    cuda = (VirtualPackage(name="__cuda", version="12.4", build="0"),)
    assert versions(solve(ask('lib[when="__cuda >=12"]'))) == {}
    assert versions(solve(ask('lib[when="__cuda >=12"]', virtual_packages=cuda))) == {"lib": "1.0"}
    assert versions(solve(ask('lib[when="__cuda >=13"]', virtual_packages=cuda))) == {}
    assert versions(solve(ask('lib[when="(other and __cuda)"]', "other"))) == {"other": "1.0"}
    assert set(versions(solve(ask('lib[when="(other or __cuda)"]', "other")))) == {"lib", "other"}


def test_an_archive_at_a_path_brings_its_dependencies(channel: Channel, ask, tmp_path: Path) -> None:
    channel.add("base", "1.0")
    archive = Channel(tmp_path / "elsewhere").add("lib", "2.0", depends=["base"])
    solution = solve(ask(f"lib[url='{archive.as_uri()}']"))
    assert versions(solution) == {"base": "1.0", "lib": "2.0"}
    record = solution.get("lib")
    assert record is not None
    assert record.url == archive.as_uri()


def test_priorities_of_channels(channel: Channel, ask, tmp_path: Path) -> None:
    second = Channel(tmp_path / "second")
    channel.add("lib", "1.0")
    second.add("lib", "2.0")
    second.add("app", "1.0", depends=["lib >=2"])

    def found(priority: str, *specs: str) -> str:
        request = ask(*specs, channels=(channel.url, second.url), channel_priority=priority)
        return versions(solve(request))["lib"]

    assert [found(priority, "lib") for priority in ("strict", "flexible", "disabled")] == ["1.0", "1.0", "2.0"]
    assert found("flexible", "lib", "app") == "2.0"
    with pytest.raises(InterlockError):
        found("strict", "lib", "app")


def test_strategies(channel: Channel, ask) -> None:
    channel.add("lib", "1.0")
    channel.add("lib", "2.0")
    assert versions(solve(ask("lib", strategy="lowest"))) == {"lib": "1.0"}


def test_strict_priority_takes_a_package_from_the_first_channel_that_has_it(tmp_path, ask) -> None:
    first, second = Channel(tmp_path / "first"), Channel(tmp_path / "second")
    first.add("lib", "1.0")
    second.add("lib", "2.0")
    second.add("only", "1.0")
    channels = (first.url, second.url)
    assert versions(solve(ask("lib", "only", channels=channels))) == {"lib": "1.0", "only": "1.0"}
    assert versions(solve(ask("lib", channels=channels, channel_priority="disabled"))) == {"lib": "2.0"}


def test_a_channel_that_only_a_spec_names_is_used(tmp_path, channel: Channel, ask) -> None:
    other = Channel(tmp_path / "other")
    other.add("lib", "3.0")
    channel.add("app", "1.0")
    solution = solve(ask("app", f"{other.url}::lib"))
    assert versions(solution) == {"app": "1.0", "lib": "3.0"}


def test_a_local_channel_is_read_again(channel: Channel, ask) -> None:
    channel.add("lib", "1.0")
    assert versions(solve(ask("lib"))) == {"lib": "1.0"}
    channel.add("lib", "1.1")
    assert versions(solve(ask("lib"))) == {"lib": "1.1"}


def test_another_platform(channel: Channel, ask) -> None:
    channel.add("lib", "1.0")
    channel.add("any", "1.0", noarch="generic")
    assert versions(solve(ask("any", platform="osx-arm64"))) == {"any": "1.0"}
    assert refused(ask("lib", platform="osx-arm64")).code == "IL210"


def test_exclude_newer(channel: Channel, ask) -> None:
    channel.add("lib", "1.0")
    assert versions(solve(ask("lib", exclude_newer="2999-01-01"))) == {"lib": "1.0"}
    finding = refused(ask("lib", exclude_newer="3d"))
    assert finding.code == "IL210"
    assert any("cutoff" in line for line in finding.details)


def test_unsolvable_names_the_spec_and_keeps_the_derivation(channel: Channel, ask) -> None:
    for version in ("1.0", "3.0"):
        channel.add("numpy", version)
    channel.add("scipy", "1.0", depends=["numpy <2"])
    channel.add("torch", "2.0", depends=["numpy >=3"])
    finding = refused(ask("scipy", "torch"))
    assert finding.code == "IL210"
    assert "default" in finding.what
    assert "linux-64" in finding.what
    assert "scipy" in finding.why
    assert "torch" in finding.why
    assert finding.where is None
    text = "\n".join(finding.details)
    assert "numpy >=3" in text
    assert "numpy <2" in text
    assert "pixi.toml:5" in text
    assert "pixi.toml:6" in text


def test_a_version_that_does_not_exist(channel: Channel, ask) -> None:
    for version in ("1.0", "2.0"):
        channel.add("numpy", version)
    finding = refused(ask("numpy >=1", "numpy ==7"))
    assert finding.why == "no channel has numpy ==7; available: 2.0, 1.0"
    assert finding.where == Location(file="pixi.toml", line=6)


def test_a_package_that_does_not_exist(channel: Channel, ask) -> None:
    channel.add("numpy", "1.0")
    finding = refused(ask("nunpy"))
    assert finding.why == "no channel has a package named nunpy"
    assert finding.fix == "did you mean numpy?"
    assert finding.where == Location(file="pixi.toml", line=5)


@pytest.mark.parametrize("field", ["depends", "constrains"])
def test_a_machine_property_that_the_target_lacks(channel: Channel, ask, field: str) -> None:
    channel.add("cuda-version", "13.0", **{field: ["__cuda >=13"]})
    old = VirtualPackage(name="__cuda", version="12.4")
    finding = refused(ask("cuda-version", virtual_packages=(old,)))
    assert finding.why == "a package needs __cuda >=13; the target has 12.4 (declared)"
    assert "system-requirements" in finding.fix
    assert finding.where == Location(file="pixi.toml", line=5)
    new = VirtualPackage(name="__cuda", version="13.1")
    assert versions(solve(ask("cuda-version", virtual_packages=(new,)))) == {"cuda-version": "13.0"}


def test_a_missing_machine_property(channel: Channel, ask) -> None:
    channel.add("gpu", "1.0", depends=["__cuda"])
    assert "the target has none" in refused(ask("gpu")).why


def test_an_unreadable_spec_says_where_it_is(ask) -> None:
    finding = refused(ask("numpy", "scipy >>2"))
    assert finding.code == "IL201"
    assert "scipy >>2" in finding.why
    assert finding.where == Location(file="pixi.toml", line=6)


def test_bad_input(tmp_path, ask) -> None:
    assert refused(ask("numpy", channels=("https://[bad",))).code == "IL202"
    assert refused(ask("numpy", channels=((tmp_path / "nowhere").as_uri(),))).code == "IL204"
    assert refused(ask("numpy", virtual_packages=(VirtualPackage(name="__cuda", version="1..2"),))).code == "IL212"
    assert refused(ask("numpy", platform="linux-65")).code == "IL213"
    assert refused(ask("numpy", exclude_newer="last week")).code == "IL214"


def test_malformed_repodata(channel: Channel, ask) -> None:
    channel.add("numpy", "1.0")
    request = ask("numpy")
    (channel.folder / "linux-64" / "repodata.json").write_text("{ not json")
    finding = refused(request)
    assert finding.code == "IL205"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A client that does not retry, for tests of what happens after the last attempt."""
    monkeypatch.setattr(runtime, "client", lambda: Client.default_client(max_retries=0))
    runtime._repodata.cache_clear()
    yield
    runtime._repodata.cache_clear()


@pytest.mark.usefixtures("impatient")
def test_an_unreachable_channel(ask) -> None:
    finding = refused(ask("numpy", channels=("http://user:secret@127.0.0.1:9/channel",)))
    assert finding.code == "IL203"
    assert "127.0.0.1" in finding.why
    assert "secret" not in repr(finding)
    assert finding.fix


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("status", "code"), [(404, "IL204"), (401, "IL206"), (403, "IL206"), (503, "IL203")])
def test_what_a_server_answers(ask, status: int, code: str) -> None:
    class Handler(QuietHandler, http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(status)

    with serving(Handler) as address:
        finding = refused(ask("numpy", channels=(f"{address}/c",)))
    assert (finding.code, status) == (code, status), finding


def test_inside_a_running_event_loop(channel: Channel, ask) -> None:
    channel.add("lib", "1.0")

    async def caller() -> dict[str, str]:
        return versions(solve(ask("lib")))

    request = ask("lib")  # indexing the channel needs a loop of its own
    assert request
    assert asyncio.run(caller()) == {"lib": "1.0"}
