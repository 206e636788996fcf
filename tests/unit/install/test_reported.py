from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from interlock.install.reported import ReportedBuild, reported_builds

DONE = {"name": "ext", "version": "1.0", "mode": "matched", "seconds": 9.5, "toolchain": {"nvcc": "/n", "cc": "/c"}}


def reported(prefix: Path, report: Any) -> dict[str, ReportedBuild]:
    (prefix / "conda-meta").mkdir()
    (prefix / "conda-meta" / "interlock").write_text(json.dumps({"schema": 1, "report": report}))
    return reported_builds(prefix)


def test_how_wheels_were_built(tmp_path: Path) -> None:
    assert reported_builds(tmp_path) == {}
    ext = ReportedBuild("1.0", "matched", 9.5, from_store=False, compilers=(("cc", "/c"), ("nvcc", "/n")))
    assert reported(tmp_path, {"built": [DONE]}) == {"ext": ext}


@pytest.mark.parametrize(
    "report", [None, [], {"built": None}, {"built": ["ext", None]}, {"built": {"name": "ext"}}, {"built": [[DONE]]}]
)
def test_what_is_no_report_tells_nothing(tmp_path: Path, report: Any) -> None:
    assert reported(tmp_path, report) == {}


@pytest.mark.parametrize(
    "damage", [{"seconds": "long"}, {"seconds": float("inf")}, {"seconds": 10**400}, {"seconds": None}]
)
def test_a_time_that_is_none_is_not_known(tmp_path: Path, damage: dict[str, Any]) -> None:
    found = reported(tmp_path, {"built": [DONE | damage | {"toolchain": ["cc"]}]})
    assert found == {"ext": ReportedBuild("1.0", "matched")}
