"""Dockerfiles."""

from __future__ import annotations

import json

from interlock.export.dockerfile import export
from kit.exported import editable, mixed, subject
from kit.locked import locked, record


def test_manifest_lock_and_local_sources_are_copied_before_the_install() -> None:
    files = ("pyproject.toml", "interlock.lock", "../shared/map.json")
    exported = export(subject(mixed(editable("own", "libs/my own")), files=files))
    before, _, after = exported.text.partition("RUN interlock env install --locked -e default\n")
    copied = [json.loads(line[5:]) for line in before.splitlines() if line.startswith("COPY")]
    assert copied == [[path, path] for path in ("pyproject.toml", "interlock.lock", "libs/my own")]
    assert after.count("FROM ") == 1
    assert "NVIDIA" not in after
    (finding,) = exported.findings
    assert (finding.code, finding.what) == ("IL648", "the Dockerfile cannot copy ../shared/map.json")


def test_an_environment_for_gpus_asks_the_runtime_for_them() -> None:
    text = export(subject(locked(record("python 3.12.7"), machine={"__cuda": "12.4"}))).text
    assert "ENV NVIDIA_VISIBLE_DEVICES=all" in text.partition("FROM debian")[2]
