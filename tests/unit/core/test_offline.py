from __future__ import annotations

import threading

import pytest

from interlock.core.findings import not_cached
from interlock.core.offline import is_offline, network_off, switched_off
from interlock_hooks.types import Missing


@pytest.mark.parametrize(
    ("text", "off"), [("1", True), ("true", True), ("please", True), ("0", False), (" No ", False), ("", False)]
)
def test_what_users_may_say(monkeypatch: pytest.MonkeyPatch, text: str, off: bool) -> None:
    assert not is_offline()
    monkeypatch.setenv("INTERLOCK_OFFLINE", text)
    assert is_offline() is off
    assert "INTERLOCK_OFFLINE" in switched_off()


def test_a_command_is_offline_in_all_its_threads_and_no_longer() -> None:
    seen: list[bool] = []
    with network_off(True, "interlock env lock"):
        # What runs inside, such as a command of conda's plugin, cannot switch the network on again.
        with network_off(False, "interlock env install"):
            thread = threading.Thread(target=lambda: seen.append(is_offline()))
            thread.start()
            thread.join()
        assert switched_off() == "the network is switched off (--offline)"
    with network_off(True, "conda interlock", by="a setting"), network_off(False, "conda interlock env lock"):
        assert switched_off() == "the network is switched off (a setting)"
    assert seen == [True]
    assert not is_offline()


def test_what_is_missing_is_told_once_each_with_the_command_that_fetches_it() -> None:
    wheel = Missing(kind="wheel", name="lib", version="1.0", url="https://example.org/lib.whl", needed_by="app")
    with network_off(True, "interlock env install"):
        finding = not_cached([wheel, Missing(kind="conda-package", name="tool", version="2", build="py_0"), wheel])
    assert finding.what == "2 things that `interlock env install` needs are in no cache"
    assert finding.details == (
        "wheel lib 1.0 (https://example.org/lib.whl), to build app",
        "conda package tool 2 py_0",
    )
    assert finding.fix.startswith("run `interlock env install` once with a network")
    assert finding.exit_code == 1
    assert finding.as_dict()["missing"][1] == {
        "kind": "conda-package",
        "name": "tool",
        "version": "2",
        "build": "py_0",
        "url": None,
        "needed_by": None,
    }
