"""The joint solve on real records: hundreds of candidates, features, and packages that hang together."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from interlock.resolve.joint.search import Joint
from interlock.resolve.uv.compile import resolve
from interlock_hooks.testing.wheels import write_wheel
from interlock_hooks.types import PyPIRequest
from kit.snapshot import snapshot_request, write_snapshot
from kit.solved_universe import solve_request


@pytest.fixture(scope="module")
def channel(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_snapshot(tmp_path_factory.mktemp("channel"))


def solved(channel: str, wheels: Path, *specs: str) -> tuple[Joint, dict[str, str]]:
    """Solve for these specs and the PyPI package ``app``; the answer, and what conda supplies in it."""
    joint, conda = solve_request(snapshot_request(channel, wheels, specs))
    return joint, {str(name): version for name, version in conda.pins(joint.conda).items()}


def test_unrelated_packages_are_lowered_and_the_others_stay(
    channel: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[PyPIRequest] = []
    monkeypatch.setattr("interlock.resolve.uv.compile.resolve", lambda each: (asked.append(each), resolve(each))[1])
    needs = ["numpy<1.14", "requests<2.19", "jinja2~=2.9.0"]
    write_wheel(tmp_path, "app", "1.0", requires=needs)
    joint, pins = solved(channel, tmp_path, "python 3.6.*", "pandas", "requests", "jinja2", "matplotlib")
    # Once to be refused, and once to learn what would do, which is the answer.
    assert len(asked) == 2
    for name, text in (("numpy", "<1.14"), ("requests", "<2.19"), ("jinja2", "~=2.9.0")):
        assert pins[name] in SpecifierSet(text)
    before = {record.name: record.version for record in joint.first.records}
    after = {record.name: record.version for record in joint.conda.records}
    changed = {name for name in before if after.get(name) != before[name]}
    # idna is what the older requests still needs to be older.
    assert changed <= {
        "numpy",
        "numpy-base",
        "requests",
        "jinja2",
        "idna",
        "urllib3",
        "scikit-learn",
        "pandas",
        "scipy",
    }
    assert len(changed) < len(before) / 3


def test_the_interpreter_of_hundreds_of_packages_moves(channel: str, tmp_path: Path) -> None:
    write_wheel(tmp_path, "app", "1.0", tag="cp36-none-any", requires=["numpy>=1.14"])
    joint, pins = solved(channel, tmp_path, "python", "pandas")
    assert joint.first.get("python").version == "3.7.0"  # type: ignore[union-attr]
    assert pins["python"].startswith("3.6.")
    assert pins["numpy"] in SpecifierSet(">=1.14")
