"""Whatever lies in a prefix: it is listed, examined and compared, and what cannot be read counts as not there."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name

from interlock import __version__
from interlock.audit.consistency import conda_findings, copy_findings, file_findings
from interlock.audit.tags import parse_tags
from interlock.cli.json.install import unchanged_document
from interlock.core.markers import marker_environment
from interlock.core.requirements import Present, unmet_requirements
from interlock.engines.python.distributions import distributions_in, visible_distributions
from interlock.engines.python.modules import module_owners
from interlock.engines.rattler.prefix_records import incomplete_records, installed_records, record_digests
from interlock.install.fresh import STATE, describe_input, fresh_state, prefix_stamp
from interlock.install.listing import installed_packages
from interlock.install.reported import reported_builds
from interlock.install.state import load_state
from interlock_hooks.types import PythonTarget
from kit.fuzzing import no_hang, share
from kit.strategies import damage
from kit.strategies.prefixes import info_names, metadata, record_files, records, requires_files, states, wheel_files

SITE = "lib/python3.12/site-packages"
VARIABLES = marker_environment(PythonTarget(version="3.12.7", platform="linux-64"))


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("prefix")
    (found / "conda-meta").mkdir()
    (found / SITE).mkdir(parents=True)
    (found / "bin").mkdir()
    (found / "bin" / "python").touch()
    (found / "manifest").write_text("x")
    return found


@share(0.06)
@given(records)
def test_any_record_of_conda(prefix: Path, content: bytes) -> None:
    (prefix / "conda-meta" / "numpy-2.1.3-py312_0.json").write_bytes(content)
    with no_hang():
        for record in installed_records(prefix):
            assert isinstance(record.name, str)
            hash(record)
        record_digests(prefix)
        incomplete_records(prefix)
        conda_findings(prefix)
        json.dumps([each.name + each.version + each.source for each in installed_packages(prefix) or ()])


def complete(state: dict, prefix: Path) -> dict:
    """The state with what only the prefix knows, so that it would be fresh if it had not been changed."""
    known = {"VERSION": __version__, "PREFIX": str(prefix), "STAMP": prefix_stamp(str(prefix), SITE)}
    filled = {key: known.get(value, value) if isinstance(value, str) else value for key, value in state.items()}
    inputs = filled.get("inputs")
    if isinstance(inputs, dict):
        places = {"MANIFEST": prefix / "manifest", "TREE": prefix / "bin"}
        filled["inputs"] = {
            str(places.get(key, key)): describe_input(str(places[key])) if key in places else value
            for key, value in inputs.items()
        }
    return filled


@share(0.07)
@given(states, st.data())
def test_any_state(prefix: Path, state: dict, data: st.DataObject) -> None:
    (prefix / "conda-meta" / "numpy-2.1.3-py312_0.json").unlink(missing_ok=True)
    content = json.dumps(complete(state, prefix)).encode()
    (prefix / STATE).write_bytes(data.draw(damage.spoilt(content.decode(), ("{", "[" * 100_000, "}"))))
    with no_hang():
        found = fresh_state(str(prefix), version=__version__, files=(str(prefix / "manifest"),))
        if found is not None:
            json.dumps(unchanged_document(found["report"]))
            assert isinstance(found["environment"], str)
        loaded = load_state(prefix)
        if loaded is not None:
            sorted(loaded.pypi)
            loaded.without(["torch"])
            json.dumps({name: [each.version, each.identity, each.built] for name, each in loaded.pypi.items()})
        for build in reported_builds(prefix).values():
            hash(build)
        installed_packages(prefix)


@share(0.07)
@given(info_names, metadata, record_files, wheel_files, requires_files)
def test_any_metadata_of_a_distribution(
    prefix: Path, name: str, text: bytes, record: bytes, wheel: bytes, requires: bytes
) -> None:
    site = prefix / SITE
    shutil.rmtree(site)
    info = site / name
    info.mkdir(parents=True)
    egg = name.endswith(".egg-info")
    (info / ("PKG-INFO" if egg else "METADATA")).write_bytes(text)
    (info / "RECORD").write_bytes(record)
    (info / "INSTALLER").write_text("uv\n")
    (info / "WHEEL").write_bytes(wheel)
    (info / "requires.txt").write_bytes(requires)
    with no_hang():
        installed = distributions_in(site)
        file_findings(installed)
        copy_findings(installed)
        module_owners([site])
        present = {}
        for each in installed:
            parse_tags(each.tags)
            each.is_intact()
            assert all(isinstance(text, str) for text in each.requires)
            present[each.name] = Present(each.name, each.version, each.requires)
        list(unmet_requirements(present, ["flash-attn[all]>=1"], VARIABLES))
        assert set(visible_distributions([site])) <= {canonicalize_name(each.name) for each in installed}
    assert list(site.iterdir()) == [info]
