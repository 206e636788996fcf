"""Whether packages are whole once they have been installed again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from interlock.core.offline import network_off
from interlock.engines.python.distributions import SiteDistribution, distributions_in, record_digest
from interlock.install import repair
from interlock.install.guard import Guard
from interlock.install.repair import Repair
from interlock_hooks.types import Artifact, InterlockError, PyPIPackage


def install(site: Path, name: str, texts: Mapping[str, str]) -> SiteDistribution:
    """Install a distribution, over what is there."""
    info = site / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    lines = []
    for path, text in texts.items():
        (site / path).write_text(text)
        lines.append(f"{path},{record_digest(hashlib.sha256(text.encode()).digest())},")
    (info / "RECORD").write_text("\n".join([*lines, f"{info.name}/RECORD,,"]))
    (found,) = (each for each in distributions_in(site) if each.name == name)
    return found


def test_what_another_distribution_shares_is_not_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten: list[str] = []

    def forget(names: Sequence[str]) -> None:
        forgotten.extend(names)

    monkeypatch.setattr(repair, "forget_downloads", forget)
    one = install(tmp_path / "site", "one", {"one.py": "1", "LICENSE": "one"})
    two = install(tmp_path / "site", "two", {"two.py": "2", "LICENSE": "two"})
    address = "https://index.example/one-1.0-py3-none-any.whl"
    wheel = PyPIPackage(name=canonicalize_name("one"), version="1.0", artifact=Artifact(kind="wheel", url=address))
    seen = Repair(Guard(tmp_path, "site"), lambda event: None)
    assert seen.stale([wheel], [one], [two]) == set()
    seen.require_whole([one], [two])
    assert forgotten == []
    (tmp_path / "site/one.py").write_text("another")
    with network_off(chosen=True, command="env install"), pytest.raises(InterlockError) as offline:
        seen.stale([wheel], [one], [two])
    assert [(each.code, "switched off" in each.why) for each in offline.value.findings] == [("IL629", True)]
    assert forgotten == []
    assert seen.stale([wheel], [one], [two]) == {"one"}
    assert forgotten == ["one"]
    with pytest.raises(InterlockError) as caught:
        seen.require_whole([one], [two])
    assert [finding.code for finding in caught.value.findings] == ["IL629"]


def test_what_a_conda_package_shares_with_a_distribution_is_not_fetched_again(tmp_path: Path) -> None:
    site = "lib/python3.12/site-packages"
    one = install(tmp_path / site, "one", {"one.py": "1", "shared.txt": "one"})
    files = {f"{site}/shared.txt": "tool", "bin/tool": "tool"}
    paths = [{"_path": path, "sha256": hashlib.sha256(text.encode()).hexdigest()} for path, text in files.items()]
    record = {"name": "tool", "version": "1.0", "build": "0", "build_number": 0, "subdir": "noarch", "url": "file:///t"}
    meta = tmp_path / "conda-meta/tool-1.0-0.json"
    meta.parent.mkdir()
    meta.write_text(json.dumps({**record, "files": [*files], "paths_data": {"paths": paths}}))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/tool").write_text("edited")
    seen = Repair(Guard(tmp_path, site), lambda event: None)
    seen.look([one])
    assert (seen.conda, seen.names) == ({"tool"}, set())
    (tmp_path / "bin/tool").write_text("tool")
    assert seen.stale_conda([], [one]) == set()
    seen.require_whole_conda([one])
