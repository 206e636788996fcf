"""Bills of materials, checked by the validator of CycloneDX."""

from __future__ import annotations

import json
import sys

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from interlock.export.cyclonedx import export
from interlock_hooks.types import InterlockError
from kit.exported import from_git, mixed, subject


def test_the_validator_accepts_it_and_it_is_complete() -> None:
    needs = {"pypi:flash-attn": ("pypi:torch",), "pypi:torch": ("conda:numpy",), "conda:numpy": ("conda:python",)}
    text = export(subject(mixed(from_git("lib")), needs=needs)).text
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    bom = json.loads(text)
    components = {entry["bom-ref"]: entry for entry in bom["components"]}
    assert components.keys() == {"conda:python", "conda:numpy", "pypi:torch", "pypi:flash-attn", "pypi:lib"}
    assert components["conda:python"]["licenses"] == [{"license": {"id": "Python-2.0"}}]
    assert components["conda:python"]["hashes"] == [{"alg": "SHA-256", "content": "b" * 64}]
    assert components["pypi:torch"]["purl"] == "pkg:pypi/torch@2.6"
    assert components["pypi:lib"]["purl"].startswith("pkg:pypi/lib@1.0?vcs_url=git%2Bhttps")
    assert components["pypi:flash-attn"]["properties"] == [
        {"name": "interlock:build:mode", "value": "matched"},
        {"name": "interlock:build:overlay", "value": "torch==2.6"},
    ]
    edges = {entry["ref"]: entry.get("dependsOn", []) for entry in bom["dependencies"]}
    assert edges["project:demo"] == ["pypi:flash-attn", "pypi:lib"]
    assert edges["pypi:torch"] == ["conda:numpy"]


def test_the_same_lock_gives_the_same_text() -> None:
    assert export(subject()).text == export(subject()).text
    assert "timestamp" not in json.loads(export(subject()).text)["metadata"]


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cyclonedx.output", None)
    with pytest.raises(InterlockError) as caught:
        export(subject())
    assert caught.value.findings[0].code == "IL646"
